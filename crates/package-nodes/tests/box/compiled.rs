//! What is compiled of a package: made when it is installed, checked when it is read, made again where it does not fit.

use std::fs;
use std::path::PathBuf;

use serde_json::json;

use crate::project::{Project, outcome, within};

pub(crate) const TESTS: &[(&str, fn())] = &[("what was compiled is used as it was made, or made again", compiled)];

fn compiled() {
    within(async {
        let mut project = Project::new(&["worker"]);
        project.prepare().await;
        let folder = bundles(&project).expect("there are bundles");
        let mut kept: Vec<PathBuf> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        kept.sort_by_key(|path| fs::metadata(path).unwrap().len());
        let [credential, _, node] = kept.as_slice() else { panic!("{kept:?}") };
        let made = fs::read(node).unwrap();
        assert_eq!(ran(&project).await, true);

        let mut garbled = made.clone();
        garbled[made.len() / 2] ^= 1;
        for other in [&garbled, &made[..made.len() - 1], &[], &fs::read(credential).unwrap()] {
            fs::write(node, other).unwrap();
            project.begin_again();
            assert_eq!(ran(&project).await, true);
            assert_eq!(fs::read(node).unwrap(), made);
        }

        // Those of another engine are not looked at: the form is part of the folder's name.
        let above = folder.parent().unwrap().to_owned();
        fs::rename(&above, above.with_file_name("bundles-2-other")).unwrap();
        project.begin_again();
        assert_eq!(ran(&project).await, true);
        assert_eq!(fs::read(node).unwrap(), made);

        // Where nothing can be kept, the text is run. A file in the place of the folder stops the superuser too.
        fs::remove_dir_all(&above).unwrap();
        fs::write(&above, "").unwrap();
        project.begin_again();
        assert_eq!(ran(&project).await, false);
    });
}

async fn ran(project: &Project) -> serde_json::Value {
    outcome(&project.run("compiled").await).unwrap_or_else(|error| json!(error.1))
}

/// The folder of what is compiled.
fn bundles(project: &Project) -> Option<PathBuf> {
    let form = fs::read_dir(project.derived()).ok()?.flatten().find(|entry| entry.file_name().to_string_lossy().starts_with("bundles-"))?;
    Some(fs::read_dir(form.path()).ok()?.flatten().next()?.path())
}
