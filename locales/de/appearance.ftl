account-appearance = Sprache und Design
appearance-lead = Wie die Seiten dieses Dienstes für Sie aussehen, in jedem Browser, in dem Sie sich anmelden.
appearance-language = Sprache
appearance-language-browser = Wie in meinem Browser eingestellt
appearance-language-hint = Auch E-Mails an Sie werden darin geschrieben. Anwendungen sehen dagegen die Sprache in Ihrem Profil.
appearance-theme = Design
appearance-stale = Ihr Konto wurde inzwischen an anderer Stelle geändert. Es ist noch nichts gespeichert; speichern Sie noch einmal, um Ihre Auswahl zu behalten.
theme-system = Wie mein Gerät
theme-light = Hell
theme-dark = Dunkel

foot-choose = Sprache und Design
foot-apply = Übernehmen
foot-links = Über diesen Dienst
foot-privacy = Datenschutz
foot-terms = Nutzungsbedingungen
foot-support = Hilfe
foot-imprint = Impressum
