# The choice of language and theme, and the foot of pages.

account-appearance = Language and theme
appearance-lead = How the pages of this service look, in every browser you sign in with.
appearance-language = Language
appearance-language-browser = Same as my browser
appearance-language-hint = Emails to you use it too. Applications see the language in your profile instead.
appearance-theme = Theme
appearance-stale = Your account was changed elsewhere. Nothing has been saved yet; save again to keep your choice.
theme-system = Same as my device
theme-light = Light
theme-dark = Dark

foot-choose = Language and theme
foot-apply = Apply
foot-links = About this service
foot-privacy = Privacy
foot-terms = Terms
foot-support = Help
foot-imprint = Legal notice
