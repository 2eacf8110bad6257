//! The pages in Markdown, as those see them who copy from them: fenced blocks, words in backticks, lines of a shell.

use std::path::{Path, PathBuf};

pub(crate) struct Page {
    /// From the root of the repository.
    pub(crate) name: String,
    text: String,
}

pub(crate) struct Block {
    pub(crate) language: String,
    pub(crate) body: String,
}

pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every page at the root, in `docs` and in `conformance`.
pub(crate) fn pages() -> Vec<Page> {
    let mut paths: Vec<PathBuf> = ["", "docs", "docs/operators", "conformance"]
        .iter()
        .flat_map(|folder| std::fs::read_dir(root().join(folder)).unwrap())
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "md"))
        .collect();
    paths.sort();
    assert!(paths.len() > 20, "{paths:?}");
    paths.iter().map(|path| Page::read(path.strip_prefix(root()).unwrap().to_str().unwrap())).collect()
}

impl Page {
    pub(crate) fn read(name: &str) -> Self {
        let text = std::fs::read_to_string(root().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
        Self { name: name.to_owned(), text }
    }

    /// The fenced blocks, with their language, in order.
    pub(crate) fn blocks(&self) -> Vec<Block> {
        let mut blocks = Vec::new();
        let mut lines = self.text.lines();
        while let Some(line) = lines.next() {
            if let Some(language) = line.strip_prefix("```") {
                let body: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
                blocks.push(Block { language: language.to_owned(), body: body.join("\n") + "\n" });
            }
        }
        blocks
    }

    pub(crate) fn blocks_in(&self, language: &str) -> Vec<String> {
        let blocks = self.blocks().into_iter();
        blocks.filter(|block| block.language == language).map(|block| block.body).collect()
    }

    /// The lines outside fenced blocks.
    pub(crate) fn prose(&self) -> Vec<&str> {
        let mut is_fenced = false;
        let is_prose = |line: &&str| {
            let is_fence = line.starts_with("```");
            is_fenced ^= is_fence;
            !is_fenced && !is_fence
        };
        self.text.lines().filter(is_prose).collect()
    }

    /// What stands in backticks; it may go on in the next line, not in the next paragraph.
    pub(crate) fn code(&self) -> Vec<String> {
        let prose = self.prose().join("\n");
        prose.split("\n\n").flat_map(code).collect()
    }

    /// What is typed into a shell: lines after `$ ` of a console, whole lines of a script.
    pub(crate) fn typed(&self) -> Vec<String> {
        let console = self.blocks_in("console").concat();
        let console = console.lines().filter_map(|line| line.strip_prefix("$ ").map(str::to_owned));
        let script = self.blocks_in("sh").concat();
        console.chain(script.lines().map(str::to_owned)).collect()
    }
}

pub(crate) fn code(text: &str) -> Vec<String> {
    text.split('`').skip(1).step_by(2).map(|span| span.split_whitespace().collect::<Vec<_>>().join(" ")).collect()
}

/// The commands of a shell's line, each as its words: quotes are taken away, comments and what is redirected to are left out.
pub(crate) fn shell(line: &str) -> Vec<Vec<String>> {
    let mut commands = vec![Vec::new()];
    let mut word: Option<String> = None;
    let mut quote: Option<char> = None;
    for c in line.chars() {
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (Some(_), c) => word.get_or_insert_default().push(c),
            (None, '\'' | '"') => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            (None, '#') if word.is_none() => break,
            (None, '|' | '&' | ';' | '(' | ')' | '<' | '>') => {
                commands.last_mut().unwrap().extend(word.take());
                commands.push(Vec::new());
            }
            (None, c) if c.is_whitespace() => commands.last_mut().unwrap().extend(word.take()),
            (None, c) => word.get_or_insert_default().push(c),
        }
    }
    assert!(quote.is_none(), "a quote is open: {line}");
    commands.last_mut().unwrap().extend(word.take());
    commands.retain(|words| !words.is_empty());
    commands
}

#[test]
fn a_line_is_read_as_a_shell_reads_it() {
    let line = r#"echo "$PASSWORD" | latchkey user create ada --name "Ada Lovelace" > out.txt && KEY=1 latchkey 'keys' list  # two # words"#;
    let read = shell(line);
    let read: Vec<String> = read.iter().map(|words| words.join("·")).collect();
    let expected =
        ["echo·$PASSWORD", "latchkey·user·create·ada·--name·Ada Lovelace", "out.txt", "KEY=1·latchkey·keys·list"];
    assert_eq!(read, expected);
    assert_eq!(code("a `b\nc` and `d`"), ["b c", "d"]);
}
