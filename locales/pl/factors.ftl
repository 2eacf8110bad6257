code-title = Wpisz kod
code-lead = Otwórz aplikację uwierzytelniającą i wpisz kod, który pokazuje dla tego konta.
code-app-label = Kod
code-recovery-title = Użyj kodu odzyskiwania
code-recovery-lead = Wpisz jeden z zapisanych kodów. Każdy działa tylko raz.
code-recovery-label = Kod odzyskiwania
code-remember = Nie pytaj ponownie w tej przeglądarce przez 30 dni
code-submit = Dalej
code-waiting = Sprawdzanie…
code-use-recovery = Użyj zamiast tego kodu odzyskiwania
code-use-authenticator = Użyj zamiast tego aplikacji uwierzytelniającej
code-empty = Wpisz kod.
code-wrong = Ten kod jest nieprawidłowy albo został już użyty. Poczekaj na następny i spróbuj ponownie.
code-recovery-wrong = Ten kod odzyskiwania jest nieprawidłowy albo został już użyty.
authenticator-title = Aplikacja uwierzytelniająca
authenticator-lead = Aplikacja w telefonie pokazuje nowy kod co 30 sekund. Wpisujesz go przy każdym logowaniu, po haśle.
authenticator-picture = Kod QR dla aplikacji uwierzytelniającej
authenticator-scan = Zeskanuj ten kod w aplikacji
authenticator-type = Nie możesz go zeskanować? Wpisz ten klucz w aplikacji:
authenticator-code = Kod pokazywany przez aplikację
authenticator-name = Nazwa
authenticator-default-name = Aplikacja uwierzytelniająca
authenticator-submit = Włącz
authenticator-wrong = Ten kod jest nieprawidłowy. Sprawdź, czy zegar w telefonie ustawia się automatycznie, i spróbuj z następnym kodem.
authenticator-on = Przy każdym logowaniu poprosimy cię o kod.
authenticator-changed = Zmiana została zapisana.
authenticator-since = Dodano:
authenticator-used = ostatnie użycie:
authenticator-rename = Zapisz nazwę
authenticator-remove = Usuń
authenticator-remove-lead = Bez niej do logowania wystarczy samo hasło. Kody odzyskiwania przestaną działać, a inne przeglądarki zostaną wylogowane.
codes-title = Kody odzyskiwania
codes-lead = Zapisz je teraz: nie pokażemy ich ponownie. Jeśli zgubisz telefon, każdy z nich pozwoli ci zalogować się jeden raz.
codes-left = { $count ->
    [one] Pozostał { $count } kod.
    [few] Pozostały { $count } kody.
    [many] Pozostało { $count } kodów.
   *[other] Pozostało { $count } kodu.
  } Pozwalają się zalogować, gdy zgubisz telefon. Nowe kody zastępują stare.
codes-new = Pokaż nowe kody
codes-copy = Kopiuj wszystkie
codes-saved = Mam je zapisane
remembered-title = Przeglądarki, w których kod nie jest potrzebny
remembered-none = Brak. Możesz to wybrać przy wpisywaniu kodu.
remembered-lead = W tych przeglądarkach wystarczy samo hasło.
remembered-until = Do
remembered-forget = Pytaj ponownie
authenticator-off = Nieskonfigurowana. Chroni konto, gdy ktoś pozna twoje hasło.
authenticator-set-up = Skonfiguruj
