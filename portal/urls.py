"""The addresses of the public pages; they stay as they are."""

from django.urls import path, re_path

from portal import checking, feeds, views

urlpatterns = [
    path("", views.home, name="home"),
    path("tenders/", views.tenders, name="tenders"),
    path("tenders/<uuid:tender>/", views.tender_page, name="tender"),
    path("tenders/<uuid:tender>/opening/", views.opening, name="opening"),
    path("tenders/<uuid:tender>/result/", views.result, name="result"),
    path("tenders/<uuid:tender>/deadline.ics", feeds.deadline_ics, name="deadline"),
    path("tenders.atom", feeds.tenders_atom, name="tenders_atom"),
    path("tenders.ics", feeds.tenders_ics, name="tenders_ics"),
    path("unsubscribe/<str:token>/", views.unsubscribe, name="unsubscribe"),
    path("log/", views.log, name="log"),
    path("check/", checking.check, name="check"),
    path("check/codes/", checking.codes, name="codes"),
    # What no room answers gets our own page. The interface answers for itself.
    re_path(r"^(?!api/|_allauth/)", views.nothing_here),
]
