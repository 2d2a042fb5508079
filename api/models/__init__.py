"""The words of the API as pydantic models; together they are the OpenAPI description."""
