"""Calendars that the plans of tests are counted by, and days of the June most of them lie in."""

from datetime import date

from planning.calendars import MONDAY_TO_FRIDAY, calendar_from, spec_of_country

FR = calendar_from(spec_of_country("FR"))
EN = calendar_from(spec_of_country("GB-ENG"))
WEEK = calendar_from(MONDAY_TO_FRIDAY)


def june(day):
    return date(2027, 6, day)
