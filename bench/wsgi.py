"""The portal with the references beside its hot reads: one server process serves both sides."""

from django.conf import settings
from django.core.wsgi import get_wsgi_application

settings.MIDDLEWARE.insert(settings.MIDDLEWARE.index("portal.api.hot_reads.HotReads") + 1, "bench.bare.Bare")
application = get_wsgi_application()
