//! The imports and paths of the modules in one file, as written.

use std::collections::BTreeMap;

use syn::visit::Visit;
use syn::{Attribute, Ident, Item, ItemMod, ItemUse, UseTree};

use super::TextFile;

/// The paths in a module.
#[derive(Debug, Default)]
pub(super) struct Module {
    /// Every path, with its line.
    pub(super) paths: Vec<Written>,
    /// The path of each imported name.
    pub(super) imports: BTreeMap<String, Vec<String>>,
}

/// A path as written, and its place.
#[derive(Clone, Debug)]
pub(super) struct Written {
    pub(super) segments: Vec<String>,
    /// The file and the line.
    pub(super) place: String,
}

/// Scans the module of a file and its inline modules. The keys are module paths.
///
/// # Errors
/// When the file cannot be parsed.
pub(super) fn scan(file: &TextFile, module: &[String]) -> Result<BTreeMap<Vec<String>, Module>, String> {
    let parsed = syn::parse_file(&file.text).map_err(|error| {
        format!("{}:{}: it cannot be parsed: {error}", file.path, error.span().start().line)
    })?;
    let mut scanner = Scanner { file: &file.path, current: module.to_vec(), modules: BTreeMap::new() };
    scanner.modules.insert(module.to_vec(), Module::default());
    scanner.visit_file(&parsed);
    Ok(scanner.modules)
}

struct Scanner<'a> {
    file: &'a str,
    current: Vec<String>,
    modules: BTreeMap<Vec<String>, Module>,
}

impl Scanner<'_> {
    fn module(&mut self) -> &mut Module {
        self.modules.entry(self.current.clone()).or_default()
    }

    fn note(&mut self, segments: Vec<String>, line: usize) {
        let place = format!("{}:{line}", self.file);
        self.module().paths.push(Written { segments, place });
    }

    /// Adds every leaf of a `use` tree.
    fn leaves(&mut self, before: &[String], tree: &UseTree) {
        match tree {
            UseTree::Path(path) => {
                let before = [before, &[path.ident.to_string()]].concat();
                self.leaves(&before, &path.tree);
            }
            UseTree::Group(group) => group.items.iter().for_each(|tree| self.leaves(before, tree)),
            UseTree::Name(name) => self.leaf(before, &name.ident, &name.ident),
            UseTree::Rename(name) => self.leaf(before, &name.ident, &name.rename),
            UseTree::Glob(glob) => self.note(before.to_vec(), glob.star_token.spans[0].start().line),
        }
    }

    fn leaf(&mut self, before: &[String], name: &Ident, alias: &Ident) {
        let is_self = name == "self";
        let path = if is_self { before.to_vec() } else { [before, &[name.to_string()]].concat() };
        let is_renamed = alias != name;
        let known_as = if is_self && !is_renamed { path.last().cloned() } else { Some(alias.to_string()) };
        self.note(path.clone(), name.span().start().line);
        self.module().imports.insert(known_as.unwrap_or_default(), path);
    }
}

impl<'ast> Visit<'ast> for Scanner<'_> {
    fn visit_item(&mut self, item: &'ast Item) {
        if !is_for_tests(attributes(item)) {
            syn::visit::visit_item(self, item);
        }
    }

    fn visit_item_mod(&mut self, module: &'ast ItemMod) {
        self.current.push(module.ident.to_string());
        syn::visit::visit_item_mod(self, module);
        self.current.pop();
    }

    fn visit_item_use(&mut self, item: &'ast ItemUse) {
        self.leaves(&[], &item.tree);
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        if let (Some(first), true) = (path.segments.first(), path.segments.len() > 1) {
            let line = first.ident.span().start().line;
            self.note(path.segments.iter().map(|segment| segment.ident.to_string()).collect(), line);
        }
        syn::visit::visit_path(self, path);
    }
}

fn attributes(item: &Item) -> &[Attribute] {
    match item {
        Item::Mod(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        _ => &[],
    }
}

/// Whether the item has `#[cfg(test)]`.
fn is_for_tests(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        let is_test = |arguments: syn::Result<syn::Path>| arguments.is_ok_and(|path| path.is_ident("test"));
        attribute.path().is_ident("cfg") && is_test(attribute.parse_args())
    })
}
