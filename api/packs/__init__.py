"""What a page needs, in few files: its own modules and styles, linked when the API starts.

`script` reads one module, `linker` joins those of a page, `shelf` keeps what is served. There is no build
step: the files under `dashboards/static` are what is written, and a change is linked again at the next look.
"""
