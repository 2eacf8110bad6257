consent-title = Zezwolić aplikacji { $application } na korzystanie z twojego konta?
consent-switch = To nie ty?
consent-asks = Aplikacja { $application } będzie mogła
consent-asks-more = Aplikacja ma już pewne uprawnienia, a teraz chce też
consent-new = Nowe
consent-sensitive = Wrażliwe
consent-offline = Zachować ten dostęp pod twoją nieobecność
consent-offline-days = { $days ->
        [one] Wygasa, gdy go usuniesz lub po 1 dniu bez użycia
        [few] Wygasa, gdy go usuniesz lub po { $days } dniach bez użycia
        [many] Wygasa, gdy go usuniesz lub po { $days } dniach bez użycia
       *[other] Wygasa, gdy go usuniesz lub po { $days } dnia bez użycia
    }
consent-allow = Zezwól
consent-deny = Odmów

scope-openid = Wiedzieć, że to ty
scope-openid-detail = Identyfikator twojego konta
scope-profile = Widzieć twój profil
scope-profile-detail = Imię i nazwisko, zdjęcie, język, strefa czasowa i podobne dane
scope-account = Widzieć i zmieniać twoje konto w tej usłudze
scope-account-detail = Profil, hasło, sesje, aplikacje, aktywność i wszystkie inne dane, które są o tobie przechowywane
scope-email = Widzieć twój adres e-mail
scope-phone = Widzieć twój numer telefonu
scope-address = Widzieć twój adres pocztowy
scope-other = Używać „{ $scope }” w twoim imieniu
