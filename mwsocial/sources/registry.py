"""All sources that the configuration names."""

from __future__ import annotations

from mwsocial.sources.base import Source
from mwsocial.sources.calendars import CalendarSource
from mwsocial.sources.deployments import DeploymentsSource
from mwsocial.sources.discussions import DiscussionSource
from mwsocial.sources.eventpages import EventPageSource
from mwsocial.sources.facts import FactsSource
from mwsocial.sources.feeds import FeedSource
from mwsocial.sources.metrics import MetricSource
from mwsocial.sources.releases import ReleasesSource
from mwsocial.sources.settings import Sources
from mwsocial.sources.technews import TechNewsSource


def sources(settings: Sources) -> list[Source]:
    """The sources, in the order in which they are asked; each has a name of its own."""
    found: list[Source] = []
    if settings.releases is not None:
        found.append(ReleasesSource(settings.releases))
    if settings.tech_news is not None:
        found.append(TechNewsSource(settings.tech_news))
    if settings.deployments is not None:
        found.append(DeploymentsSource(settings.deployments))
    if settings.events is not None:
        events = settings.events
        found += [CalendarSource(name, one, events) for name, one in events.calendars.items()]
        found += [EventPageSource(name, one, events) for name, one in events.pages.items()]
    found += [FeedSource(name, one) for name, one in settings.feeds.items()]
    found += [DiscussionSource(name, one) for name, one in settings.discussions.items()]
    found += [MetricSource(name, one) for name, one in settings.metrics.items()]
    if settings.facts is not None:
        found.append(FactsSource(settings.facts))
    return found
