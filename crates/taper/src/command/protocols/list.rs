//! `taper protocols list`: the versions that a server has, built-in or a clinic's own.

use std::process::ExitCode;

use clap::Args;
use taper_api::v1;
use taper_api::v1::protocol_service_client::ProtocolServiceClient;

use crate::columns::{Columns, Row, row};
use crate::connection::{Server, answered, asked};
use crate::explain::SCREEN_WIDTH;
use crate::paper::say;
use crate::story::words;

/// Lists the built-in protocol versions, and with --clinic the clinic's own.
#[derive(Debug, Args)]
pub struct List {
    /// Also list the versions of this clinic, by its slug
    #[arg(long, value_name = "CLINIC")]
    clinic: Option<String>,

    #[command(flatten)]
    server: Server,
}

impl List {
    /// Asks page after page.
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        let mut client = ProtocolServiceClient::new(self.server.connect().await?);
        let own = self.clinic.map(|clinic| format!("clinics/{}", clinic.trim_start_matches("clinics/")));
        let mut found = Vec::new();
        for parent in std::iter::once(String::new()).chain(own) {
            let mut page_token = String::new();
            loop {
                let request = v1::ListProtocolsRequest { page_size: 1000, page_token, parent: parent.clone() };
                let page = answered("ListProtocols", client.list_protocols(asked(request)).await)?;
                found.extend(page.protocols);
                page_token = page.next_page_token;
                if page_token.is_empty() {
                    break;
                }
            }
        }
        say(table(&found))?;
        Ok(ExitCode::SUCCESS)
    }
}

fn table(protocols: &[v1::Protocol]) -> String {
    let mut rows: Vec<Row> = vec![row(["name", "rules", "for", "title"])];
    for protocol in protocols {
        let presentation = match protocol.presentation() {
            v1::Presentation::Unspecified => "any".to_owned(),
            presentation => words::value_name(presentation.as_str_name(), "PRESENTATION_"),
        };
        let rules = protocol.rule_count.to_string();
        rows.push(vec![protocol.name.clone(), rules, presentation, protocol.display_name.clone()]);
    }
    Columns::table(&rows, 0, SCREEN_WIDTH.into()).join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_told_by_its_name_to_copy() {
        let protocol = v1::Protocol {
            name: "protocols/hamstring-strain/versions/1".to_owned(),
            display_name: "Acute strain".to_owned(),
            presentation: v1::Presentation::Acute.into(),
            rule_count: 90,
            ..Default::default()
        };
        let table = table(&[protocol]);
        assert!(table.contains("\nprotocols/hamstring-strain/versions/1  90     acute  Acute strain"), "{table}");
    }
}
