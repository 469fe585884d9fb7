"""Links of the pages that lead out of docs/ are names of files on the site, which does not have these files."""

import re

OUTSIDE = re.compile(r'\[([^\]]*)\]\((?:\.\./)+((?:README|CONTRIBUTING)\.md|benchmarks/[\w.]+)(?:#[\w-]+)?\)')


def on_page_markdown(markdown, **kwargs):
    return OUTSIDE.sub(r'\1 (`\2`)', markdown)
