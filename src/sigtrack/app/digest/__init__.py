"""`sigtrack digest`: what is new since the last mail, as letters that are sent once."""
