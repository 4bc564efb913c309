"""What the terminal shows: figures as cells, cells as tables, tables as pages."""
