"""What people and programs read of a value of the domain: its report and its records.

Pure: nothing here opens a store, a file or a connection; a use case of `app` hands over the value.
"""
