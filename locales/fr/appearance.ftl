account-appearance = Langue et thème
appearance-lead = L’aspect des pages de ce service pour vous, dans chaque navigateur où vous vous connectez.
appearance-language = Langue
appearance-language-browser = Comme dans mon navigateur
appearance-language-hint = Les e-mails qui vous sont envoyés sont aussi dans cette langue. Les applications voient plutôt la langue de votre profil.
appearance-theme = Thème
appearance-stale = Entre-temps, votre compte a été modifié ailleurs. Rien n’est encore enregistré ; enregistrez de nouveau pour garder vos choix.
theme-system = Comme mon appareil
theme-light = Clair
theme-dark = Sombre

foot-choose = Langue et thème
foot-apply = Appliquer
foot-links = À propos de ce service
foot-privacy = Confidentialité
foot-terms = Conditions d’utilisation
foot-support = Aide
foot-imprint = Mentions légales
