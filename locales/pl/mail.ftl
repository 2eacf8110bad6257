mail-greeting = Dzień dobry, { $name }!
mail-greeting-nobody = Dzień dobry!
mail-signature = Ta wiadomość została wysłana automatycznie przez { $product }. Nikt nie czyta odpowiedzi na nią.
mail-code-note = Wpisz ten kod tam, gdzie pojawiła się prośba o niego. Jest ważny przez 10 minut:
mail-link-note = Możesz też otworzyć ten link w dowolnej przeglądarce. Jest ważny przez godzinę i działa tylko raz:

mail-recovery-subject = Ustaw nowe hasło do { $product }
mail-recovery-lead = Ktoś, prawdopodobnie Ty, poprosił o nowe hasło do Twojego konta { $product }.
mail-recovery-link = Ustaw nowe hasło
mail-recovery-warning = Jeśli to nie Ty, nie musisz nic robić: hasło pozostanie bez zmian. Nie podawaj tego kodu nikomu, bez względu na to, kto o niego prosi.

mail-reset-subject = Zmieniono hasło do { $product }
mail-reset-lead = Hasło do Twojego konta { $product } zostało właśnie ustawione na nowo za pomocą kodu lub linku wysłanego na ten adres. Inne urządzenia zostały wylogowane.
mail-reset-link = Ustaw inne hasło
mail-reset-warning = Jeśli to nie Ty, od razu ustaw inne hasło i sprawdź, kto może czytać wiadomości w tej skrzynce.

mail-signup-subject = Potwierdź swój adres dla { $product }
mail-signup-lead = Ktoś, prawdopodobnie Ty, chce utworzyć konto { $product } z tym adresem.
mail-signup-link = Potwierdź i przejdź dalej
mail-signup-warning = Jeśli to nie Ty, nie musisz nic robić: bez tego kodu lub linku konto nie powstanie.

mail-registered-subject = Masz już konto { $product }
mail-registered-lead = Ktoś, prawdopodobnie Ty, chciał utworzyć konto { $product } z tym adresem. Takie konto już istnieje i można się na nie zalogować.
mail-registered-link = Zaloguj się
mail-registered-warning = Jeśli nie pamiętasz hasła, wybierz tam „Nie pamiętasz hasła?”. Jeśli to nie Ty, nie musisz nic robić.

mail-invitation-subject = Twoje konto { $product }
mail-invitation-lead = Zapraszamy Cię do utworzenia konta { $product } z tym adresem.
mail-invitation-link = Utwórz konto
mail-invitation-note = Otwórz ten link, aby wybrać nazwę i hasło. Jest ważny przez siedem dni i działa tylko raz:
mail-invitation-warning = Jeśli nie wiesz, skąd ta wiadomość, nie musisz nic robić.

mail-device-subject = Nowe logowanie do { $product }
mail-device-lead = Właśnie zalogowano się na Twoje konto z przeglądarki, której wcześniej nie widzieliśmy: { $device }, z sieci { $network }.
mail-device-link = Ustaw nowe hasło
mail-device-warning = Jeśli to Ty, nie musisz nic robić. Jeśli nie, od razu ustaw nowe hasło: spowoduje to wylogowanie wszystkich urządzeń.

mail-change-password = Zmieniono hasło do { $product }
mail-change-address = Adresy Twojego konta { $product }
mail-change-factors = Bezpieczeństwo Twojego konta { $product }
mail-change-password-changed = Hasło do Twojego konta zostało zmienione. Inne urządzenia zostały wylogowane.
mail-change-password-removed = Hasło do Twojego konta zostało usunięte. Pozostałe sposoby logowania nadal działają.
mail-change-authenticator-added = Do Twojego konta dodano aplikację uwierzytelniającą. Od teraz przy logowaniu potrzebny będzie jej kod.
mail-change-authenticator-removed = Z Twojego konta usunięto aplikację uwierzytelniającą, a wraz z nią kody odzyskiwania. Przy logowaniu kod nie jest już potrzebny.
mail-change-passkey-added = Do Twojego konta dodano klucz dostępu { $name }.
mail-change-passkey-removed = Z Twojego konta usunięto klucz dostępu { $name }.
mail-change-recovery-codes = Utworzono nowe kody odzyskiwania dla Twojego konta. Poprzednie już nie działają.
mail-change-address-added = Do Twojego konta dodano adres { $address }.
mail-change-address-removed = Z Twojego konta usunięto adres { $address }.
mail-change-address-changed = Zmieniono główny adres Twojego konta: poprzedni to { $from }, nowy to { $to }.
mail-change-factors-reset = Obsługa tej usługi usunęła z Twojego konta aplikację uwierzytelniającą i kody odzyskiwania. Robi się tak, gdy ktoś je utraci.
mail-change-when = Kiedy: { $time }
mail-change-from = Skąd: { $device }, sieć { $network }
mail-change-by-operator = Kto: obsługa tej usługi
mail-change-recover = Ustaw nowe hasło
mail-change-recover-warning = Jeśli to Ty, nie musisz nic robić. Jeśli nie, od razu ustaw nowe hasło: spowoduje to wylogowanie wszystkich urządzeń. Potem sprawdź na stronie „Logowanie i bezpieczeństwo” swojego konta, co jeszcze zostało zmienione.
mail-change-review = Sprawdź swoje sesje
mail-change-review-warning = Jeśli to Ty, nie musisz nic robić. Jeśli nie, wyloguj każde urządzenie, które nie należy do Ciebie, i sprawdź na stronie „Logowanie i bezpieczeństwo” swojego konta, co jeszcze zostało zmienione.
mail-change-undo = Cofnij zmianę
mail-change-undo-warning = Jeśli to Ty, nie musisz nic robić. Jeśli nie, cofnij zmianę i ustaw nowe hasło: link jest ważny przez trzy dni.

mail-address-subject = Potwierdź swój adres dla { $product }
mail-address-lead = Ktoś, prawdopodobnie Ty, chce dodać ten adres do konta { $product }.
mail-address-link = Potwierdź ten adres
mail-address-note = Możesz też otworzyć ten link w przeglądarce, w której trwa Twoja sesja. Jest ważny przez godzinę i działa tylko raz:
mail-address-warning = Jeśli to nie Ty, nie musisz nic robić: bez tego kodu lub linku adres nie zostanie dodany.

mail-sign-in-subject = Twój kod do { $product }
mail-sign-in-lead = Ktoś, prawdopodobnie Ty, chce się zalogować na Twoje konto { $product }.
mail-sign-in-link = Zaloguj się
mail-sign-in-note = Możesz też otworzyć ten link w przeglądarce, w której rozpoczęto logowanie. Jest ważny przez 10 minut i działa tylko raz:
mail-sign-in-warning = Jeśli to nie Ty, nie musisz nic robić: bez tego kodu nikt się nie zaloguje. Nie podawaj go nikomu, bez względu na to, kto o niego prosi.
