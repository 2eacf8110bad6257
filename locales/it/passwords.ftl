password-common = Questa password è una delle prime che vengono provate: è comune o compare in una violazione di dati. Scegline un’altra.
password-guessable = Un programma indovinerebbe presto questa password. Allungala con alcune parole che non hanno nulla a che fare l’una con l’altra.
