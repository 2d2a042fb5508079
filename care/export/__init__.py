"""People, figures and settlements as files: CSV, Excel, Parquet, and a page to print."""
