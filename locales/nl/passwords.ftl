password-common = Dit wachtwoord hoort bij de eerste die worden geprobeerd: het komt veel voor of is bij een datalek buitgemaakt. Kies een ander.
password-guessable = Een programma zou dit wachtwoord snel raden. Maak het langer, met een paar woorden die niets met elkaar te maken hebben.
