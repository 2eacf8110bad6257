account-appearance = Język i motyw
appearance-lead = Jak wyglądają dla ciebie strony tej usługi w każdej przeglądarce, w której się logujesz.
appearance-language = Język
appearance-language-browser = Taki jak w przeglądarce
appearance-language-hint = W tym języku piszemy też e-maile do ciebie. Aplikacje widzą zamiast tego język z twojego profilu.
appearance-theme = Motyw
appearance-stale = W międzyczasie twoje konto zostało zmienione w innym miejscu. Nic jeszcze nie zapisano: zapisz ponownie, aby zachować swój wybór.
theme-system = Taki jak w urządzeniu
theme-light = Jasny
theme-dark = Ciemny

foot-choose = Język i motyw
foot-apply = Zastosuj
foot-links = O tej usłudze
foot-privacy = Prywatność
foot-terms = Warunki
foot-support = Pomoc
foot-imprint = Nota prawna
