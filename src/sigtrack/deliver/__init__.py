"""How reports reach people: mail by a server or by sendmail, and chat services."""
