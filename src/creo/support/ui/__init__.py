"""The look: base pages, components, filters, charts and the map. See README.md for the page author's view."""
