# The choice of language and theme, and the foot of pages.

account-appearance = Language and theme
appearance-lead = How the pages of this service look to you, in every browser you sign in with.
appearance-language = Language
appearance-language-browser = As my browser says
appearance-language-hint = E-mails to you are written in it too. Applications see the language in your profile instead.
appearance-theme = Theme
appearance-stale = Your account was changed somewhere else meanwhile. Nothing was saved yet; save again to keep what you chose.
theme-system = Like my device
theme-light = Light
theme-dark = Dark

foot-choose = Language and theme
foot-apply = Apply
foot-links = About this service
foot-privacy = Privacy
foot-terms = Terms
foot-support = Help
foot-imprint = Legal notice
