-- When the person last withdrew a consent, in milliseconds since 1970: codes that this session got before it are refused.
ALTER TABLE sessions ADD COLUMN withdrawn_at BIGINT;
