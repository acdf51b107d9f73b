"""Where requests for AWS are caught before they leave the process, one module per transport."""
