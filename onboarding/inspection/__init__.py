"""The second wall around uploads: their structure, read in a child process that can't hurt us (`process.inspect`).

Each parser is a module with `read(source, released, extension)`: it raises Unfit, or returns facts for staff. The
parsers know no Django: the child imports nothing else of the portal.
"""
