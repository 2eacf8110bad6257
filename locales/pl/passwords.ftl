password-common = To jedno z haseł, które próbuje się najpierw: jest popularne albo wyciekło. Wybierz inne.
password-guessable = Program szybko odgadłby to hasło. Wydłuż je o kilka słów, które nie mają ze sobą nic wspólnego.
