//! `latchkey branding`: shows how pages look, without a server.

mod index;
#[cfg(test)]
mod tests;

use super::{Answer, Failure, Globals, count, load_config};
use crate::app;
use crate::pages::assets;
use crate::pages::letter;
use crate::pages::looks::{Brand, Looks};
use crate::pages::page::{Chooser, Page};
use crate::pages::preview::{Cast, LONG, Sample, Stage, USUAL};
use crate::platform::brand::Theme;
use crate::platform::config::Config;
use crate::platform::i18n::{Language, Texts, find_language, languages};
use clap::{Args, Subcommand};
use index::{Index, Row};
use serde_json::json;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

#[derive(Subcommand)]
pub(super) enum Command {
    /// Write every page in every state and every email to a folder, to look at in a browser
    #[command(
        after_help = "Examples:\n  latchkey branding preview --output looks --locale de --locale ar\n  latchkey branding preview --client shop\n\nFiles are called PAGE.STATE.LOCALE.html, with .dark before .html for the dark theme; index.html links them."
    )]
    Preview(Preview),
}

#[derive(Args)]
pub(super) struct Preview {
    /// The folder; existing files with the same names are replaced
    #[arg(long, value_name = "DIR", default_value = "preview")]
    output: PathBuf,
    /// A language; may be repeated [default: all]
    #[arg(long, value_name = "TAG")]
    locale: Vec<String>,
    /// A client with its own branding in `branding.clients`
    #[arg(long, value_name = "ID")]
    client: Option<String>,
}

pub(super) fn run(globals: &Globals, command: &Command) -> Result<Answer, Failure> {
    let Command::Preview(arguments) = command;
    let config = load_config(globals)?;
    let looks = Looks::load(&config.branding).map_err(|faults| {
        let lines: Vec<String> = faults.iter().map(|fault| format!("`{}` {}", fault.key, fault.problem)).collect();
        Failure::new(lines.join("\n")).fix("fix the files or remove the keys; nothing was written")
    })?;
    let brand = match &arguments.client {
        Some(id) if config.branding.clients.contains_key(id) => looks.of_client(id),
        Some(id) => {
            let failure = Failure::new(format!("there is no `branding.clients.{id}`"));
            return Err(failure.fix("name a client that has its own branding, or omit --client"));
        }
        None => &looks.brand,
    };
    let languages = wanted(&arguments.locale)?;
    let written = write(&arguments.output, &Scene { config: &config, looks: &looks, brand }, &languages);
    let written = written.map_err(|error| {
        let failure = Failure::new(format!("{} cannot be written: {error}", arguments.output.display()));
        failure.fix("choose another folder with --output")
    })?;
    let index = arguments.output.join("index.html");
    let text = format!("{} written; open {}", count(written, "file", "files"), index.display());
    Ok(Answer::new(text, json!({ "files": written, "index": index })))
}

fn wanted(tags: &[String]) -> Result<Vec<Language>, Failure> {
    if tags.is_empty() {
        return Ok(languages());
    }
    let known: Vec<&str> = languages().iter().map(|language| language.tag).collect();
    let find = |tag: &String| {
        let unknown = || Failure::usage(format!("pages are available in {}, not in {tag}", known.join(", ")));
        find_language(tag).ok_or_else(unknown)
    };
    tags.iter().map(find).collect()
}

/// What samples are made of.
struct Scene<'a> {
    config: &'a Config,
    looks: &'a Looks,
    brand: &'a Brand,
}

impl Scene<'_> {
    /// Every page in every state; the filled ones also with the longest names.
    fn samples(&self, language: Language, theme: Theme) -> Vec<Sample> {
        let texts = Texts::choose(Some(language.tag), None, "en").with_words(self.looks.words.as_ref());
        let page = Page {
            texts: &texts,
            theme,
            base_path: ".",
            product: &self.brand.name,
            brand: Some(self.brand),
            chooser: Some(Chooser { action: String::new(), to: String::new() }),
        };
        let of = |cast: &Cast| app::samples(&Stage { config: self.config, page: page.clone(), cast });
        let mut samples = of(&USUAL);
        let filled = of(&LONG).into_iter().filter(|sample| sample.state == "filled");
        samples.extend(filled.map(|sample| Sample { state: "long", ..sample }));
        samples
    }
}

fn write(folder: &Path, scene: &Scene<'_>, languages: &[Language]) -> std::io::Result<usize> {
    let mut files = 0;
    let mut put = |name: &str, content: &[u8]| {
        let path = folder.join(name);
        fs::create_dir_all(path.parent().unwrap_or(folder))?;
        files += 1;
        fs::write(path, content)
    };
    for (path, asset) in assets::all() {
        put(&format!("static/{path}"), asset.content())?;
    }
    for (path, asset) in scene.looks.files() {
        put(&format!("static/{path}"), asset.content())?;
    }
    let mut rows: BTreeMap<(String, String), Row> = BTreeMap::new();
    let mut note = |page: &str, state: &str, language: Language, file: String| {
        let key = (page.to_owned(), state.to_owned());
        let row =
            rows.entry(key).or_insert_with(|| Row { page: page.to_owned(), state: state.to_owned(), links: vec![] });
        row.links.push((language, file));
    };
    for language in languages {
        for (theme, end) in [(Theme::System, ""), (Theme::Dark, ".dark")] {
            for sample in scene.samples(*language, theme) {
                let name = format!("{}.{}.{}", sample.page, sample.state, language.tag);
                put(&format!("{name}{end}.html"), sample.html.as_bytes())?;
                if theme == Theme::System {
                    note(sample.page, sample.state, *language, name);
                }
            }
        }
        for (cast, state) in [(&USUAL, "filled"), (&LONG, "long")] {
            for (page, letter) in letter::preview::letters(cast, language.tag) {
                let post = letter::render(page, &letter, scene.looks, "en").map_err(std::io::Error::other)?;
                let name = format!("{page}.{state}.{}", language.tag);
                put(&format!("{name}.html"), post.html.as_bytes())?;
                put(&format!("{name}.txt"), post.text.as_bytes())?;
                note(page, state, *language, name);
            }
        }
    }
    let rows = rows.into_values().collect();
    let html = Index::new(scene.brand, languages, rows).html().map_err(std::io::Error::other)?;
    put("index.html", html.as_bytes())?;
    Ok(files)
}
