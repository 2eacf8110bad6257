//! `i18n.*`, `log.*`, `telemetry.*`: what people and operators see.

use super::reader::Reader;
use super::value::{Raw, Setting, one_of};

pub(super) fn read_locale(reader: &mut Reader, locale: &mut String) {
    reader.read("i18n.default_locale", locale);
    let is_tag = locale.parse::<unic_langid::LanguageIdentifier>().is_ok();
    reader.require(is_tag, "i18n.default_locale", "must be a BCP 47 language tag such as `en` or `pt-BR`");
}

/// `log.*`
#[derive(Debug, Clone, Default)]
pub struct Log {
    /// `log.format`
    pub format: LogFormat,
    /// `log.level`: of Latchkey's own records; libraries stay at `warn`, since their chatter may hold what must not
    /// be logged.
    pub level: LogLevel,
}

/// `telemetry.*`
#[derive(Debug, Clone, Default)]
pub struct Telemetry {
    /// `telemetry.otlp_endpoint`: the base address of an OTLP/HTTP receiver that takes traces.
    pub otlp_endpoint: Option<String>,
}

impl Telemetry {
    pub(super) fn read(&mut self, reader: &mut Reader) {
        const KEY: &str = "telemetry.otlp_endpoint";
        reader.read(KEY, &mut self.otlp_endpoint);
        let Some(endpoint) = &self.otlp_endpoint else { return };
        let sound = url::Url::parse(endpoint).is_ok_and(|url| {
            matches!(url.scheme(), "http" | "https") && url.query().is_none() && url.fragment().is_none()
        });
        reader.require(sound, KEY, "must be an http or https URL without a query, such as `http://127.0.0.1:4318`");
    }
}

/// How a record is written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum LogFormat {
    #[default]
    Pretty,
    /// One JSON object a line.
    Json,
}

/// The least severe record that is written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum LogLevel {
    Error,
    Warn,
    #[default]
    Info,
    Debug,
    Trace,
}

impl Log {
    pub(super) fn read(&mut self, reader: &mut Reader) {
        reader.read("log.format", &mut self.format);
        reader.read("log.level", &mut self.level);
    }
}

impl Setting for LogFormat {
    fn parse(raw: &Raw) -> Result<Self, String> {
        one_of(raw, &[("pretty", Self::Pretty), ("json", Self::Json)])
    }
}

impl Setting for LogLevel {
    fn parse(raw: &Raw) -> Result<Self, String> {
        let (error, warn, info) = (("error", Self::Error), ("warn", Self::Warn), ("info", Self::Info));
        one_of(raw, &[error, warn, info, ("debug", Self::Debug), ("trace", Self::Trace)])
    }
}
