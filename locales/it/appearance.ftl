account-appearance = Lingua e tema
appearance-lead = L’aspetto delle pagine di questo servizio, in ogni browser con cui accedi.
appearance-language = Lingua
appearance-language-browser = Quella del browser
appearance-language-hint = È anche la lingua delle email che ricevi. Le applicazioni vedono invece la lingua del tuo profilo.
appearance-theme = Tema
appearance-stale = Nel frattempo il tuo account è stato modificato altrove. Non è stato ancora salvato nulla: salva di nuovo per mantenere le tue scelte.
theme-system = Come il dispositivo
theme-light = Chiaro
theme-dark = Scuro

foot-choose = Lingua e tema
foot-apply = Applica
foot-links = Informazioni su questo servizio
foot-privacy = Privacy
foot-terms = Termini
foot-support = Aiuto
foot-imprint = Note legali
