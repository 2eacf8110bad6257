title-problem = Błąd:
copy = Kopiuj
copied = Skopiowano
application-host = Prowadzi z powrotem do { $host }
application-unverified = Ta aplikacja zarejestrowała się sama. Jej nazwa i linki nie zostały zweryfikowane.
application-policy = Polityka prywatności aplikacji { $application }
application-terms = Warunki korzystania z usługi
