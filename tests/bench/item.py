"""The items that all benchmarks use."""

ITEM = """== item-{0} ==
{{{{Social media item
| id         = item-{0}
| text       = MediaWiki 1.{0} is out: https://www.mediawiki.org/wiki/MediaWiki_1.{0} #MediaWiki{1}
| language   = en
| news       = '''[[MediaWiki 1.{0}]]''' has been released.
}}}}

"""
