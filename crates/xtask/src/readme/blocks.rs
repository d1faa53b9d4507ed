//! The fenced blocks of a Markdown text that hold commands, with the output that each is to give.

use anyhow::bail;

/// What is done with a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// ```` ```sh run ````: run to its end.
    Run,
    /// ```` ```sh run ```` whose one command ends in `&`, or ```` ```sh run server ````: started, and stopped at the end.
    Server,
    /// ```` ```sh checked-by-ci ````: not run, since it would run itself; .ci/run must run it.
    CheckedByCi,
}

impl Kind {
    /// The kind in words, for printing.
    pub fn words(self) -> &'static str {
        match self {
            Kind::Run => "run",
            Kind::Server => "server in the background",
            Kind::CheckedByCi => "run by .ci/run",
        }
    }
}

/// A block of commands.
#[derive(Debug, PartialEq, Eq)]
pub struct Block {
    /// The line of its opening fence, counted from 1.
    pub line: usize,
    /// What is done with it.
    pub kind: Kind,
    /// The commands, without the `&` of a server.
    pub script: String,
    /// What the ```` ```text output ```` block after it shows.
    pub output: Option<String>,
}

struct Fence {
    line: usize,
    info: String,
    body: String,
}

/// Reads the blocks. A shell block that no test would run is a fault, and so is an output that belongs to none.
pub fn read(text: &str) -> anyhow::Result<Vec<Block>> {
    let mut blocks: Vec<Block> = Vec::new();
    let mut output_may_follow = false;
    for fence in fences(text)? {
        let words: Vec<&str> = fence.info.split_whitespace().collect();
        let kind = match words.as_slice() {
            ["text", "output"] => {
                let line = fence.line;
                match blocks.last_mut() {
                    Some(block) if output_may_follow => block.output = Some(fence.body),
                    _ => bail!("README.md:{line}: an output must follow a block that is run"),
                }
                output_may_follow = false;
                continue;
            }
            ["sh", "run"] => Kind::Run,
            ["sh", "run", "server"] => Kind::Server,
            ["sh", "checked-by-ci"] => Kind::CheckedByCi,
            [shell, ..] if ["sh", "bash", "shell", "console"].contains(shell) => {
                bail!("README.md:{}: no test runs this block; say `sh run` or `sh checked-by-ci`", fence.line)
            }
            _ => {
                output_may_follow = false;
                continue;
            }
        };
        output_may_follow = kind != Kind::CheckedByCi;
        blocks.push(block(fence, kind)?);
    }
    Ok(blocks)
}

fn block(fence: Fence, kind: Kind) -> anyhow::Result<Block> {
    let Fence { line, body, .. } = fence;
    let mut commands = body.lines().filter(|line| !line.trim().is_empty() && !line.trim_start().starts_with('#'));
    let (Some(first), more) = (commands.next(), commands.next().is_some()) else {
        bail!("README.md:{line}: the block has no command");
    };
    let in_background = body.lines().any(|line| line.trim_end().ends_with(" &"));
    if kind != Kind::Server && !in_background {
        return Ok(Block { line, kind, script: body, output: None });
    }
    if more {
        bail!("README.md:{line}: a server must be the only command of its block");
    }
    let command = first.trim().trim_end_matches('&').trim_end();
    Ok(Block { line, kind: Kind::Server, script: command.to_owned(), output: None })
}

/// All fenced blocks, also those that are indented in a list.
fn fences(text: &str) -> anyhow::Result<Vec<Fence>> {
    let mut found = Vec::new();
    let mut open: Option<(Fence, usize)> = None;
    for (number, line) in text.lines().enumerate() {
        let unindented = line.trim_start();
        match open.take() {
            None => {
                if let Some(info) = unindented.strip_prefix("```") {
                    let fence = Fence { line: number + 1, info: info.trim().to_owned(), body: String::new() };
                    open = Some((fence, line.len() - unindented.len()));
                }
            }
            Some((fence, _)) if unindented.trim_end() == "```" => found.push(fence),
            Some((mut fence, indent)) => {
                let spaces = line.len() - unindented.len();
                fence.body.push_str(line.get(indent.min(spaces)..).unwrap_or(line));
                fence.body.push('\n');
                open = Some((fence, indent));
            }
        }
    }
    if let Some((fence, _)) = open {
        bail!("README.md:{}: the block is never closed", fence.line);
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_is_read_with_its_output_and_its_line() {
        let text = "# Title\n\n```sh run\necho one\necho two\n```\n\nwhich says\n\n```text output\none\ntwo\n```\n";
        let block = Block {
            line: 3,
            kind: Kind::Run,
            script: "echo one\necho two\n".to_owned(),
            output: Some("one\ntwo\n".to_owned()),
        };
        assert_eq!(read(text).unwrap(), [block]);
    }

    #[test]
    fn a_command_that_ends_in_an_ampersand_is_a_server() {
        let blocks = read("```sh run\ncargo run -- dev &\n```\n").unwrap();
        assert_eq!(blocks[0].kind, Kind::Server);
        assert_eq!(blocks[0].script, "cargo run -- dev");
        let blocks = read("```sh run server\ncargo run -- demo\n```\n").unwrap();
        assert_eq!((blocks[0].kind, blocks[0].script.as_str()), (Kind::Server, "cargo run -- demo"));
    }

    #[test]
    fn a_server_beside_other_commands_is_refused() {
        let error = read("```sh run\ncargo run -- dev &\necho more\n```\n").unwrap_err();
        assert!(error.to_string().contains("README.md:1"), "{error}");
    }

    #[test]
    fn a_shell_block_that_no_test_runs_is_refused() {
        for info in ["sh", "bash", "console", "sh ran", "shell"] {
            assert!(read(&format!("text\n```{info}\nls\n```\n")).is_err(), "{info}");
        }
    }

    #[test]
    fn other_blocks_are_left_alone_and_end_what_an_output_belongs_to() {
        assert_eq!(read("```rust\nfn main() {}\n```\n```\nplain\n```\n").unwrap(), []);
        let apart = "```sh run\nls\n```\n```rust\n```\n```text output\nfile\n```\n";
        assert!(read(apart).is_err());
    }

    #[test]
    fn an_indented_block_loses_its_indent_only() {
        let blocks = read("1. Do\n\n   ```sh run\n   if true; then\n     ls\n   fi\n   ```\n").unwrap();
        assert_eq!(blocks[0].script, "if true; then\n  ls\nfi\n");
    }

    #[test]
    fn a_block_that_is_never_closed_or_empty_is_refused() {
        assert!(read("```sh run\nls\n").is_err());
        assert!(read("```sh run\n# only a comment\n```\n").is_err());
    }
}
