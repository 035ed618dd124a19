"""Template:MediaWiki News, read and written as data; see :mod:`mwsocial.news.shapes`."""
