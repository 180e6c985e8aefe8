"""Google Calendar and Meet: meetings in our specialists' calendars."""
