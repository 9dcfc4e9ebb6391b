//! From the tree to the structs of a scenario as typed. Reading never stops at a fault: an unknown
//! key or a value of the wrong shape is noted and passed over, so that one look shows all faults.

use serde::de::value::{Error, StringDeserializer};
use serde::de::{self, DeserializeSeed, Deserializer, IntoDeserializer, MapAccess, SeqAccess};
use serde::forward_to_deserialize_any;

use super::diagnostic::{Faults, did_you_mean, shown};
use super::tree::{Tree, Value, ValueId};

/// Reads the value `given`, which lies at the dotted key `path`. The keys `beside` of it belong to
/// others and are passed over.
pub fn read<T>(tree: &Tree, given: ValueId, path: &str, beside: &[&str], faults: &mut Faults) -> T
where
    T: de::DeserializeOwned + Default,
{
    let mut reader = Reader { tree, given, path: path.to_owned(), beside, faults };
    T::deserialize(&mut reader).unwrap_or_else(|error| {
        faults.push(tree.place(given), path, error.to_string(), "see `pinwheel schema`");
        T::default()
    })
}

struct Reader<'t> {
    tree: &'t Tree,
    given: ValueId,
    path: String,
    /// Keys that are read elsewhere.
    beside: &'t [&'t str],
    faults: &'t mut Faults,
}

impl Reader<'_> {
    fn wrong_shape(&mut self, wanted: &str) {
        let found = self.tree.value(self.given).kind();
        let message = format!("expected {wanted}, found {found}");
        let help = format!("write {wanted} here; `pinwheel schema` has the shape");
        self.faults.push(self.tree.place(self.given), &self.path, message, help);
    }

    /// Visits a table; with `fields`, keys outside of them are faults and passed over.
    fn visit_table<'de, V: de::Visitor<'de>>(
        &mut self,
        visitor: V,
        fields: Option<&[&str]>,
    ) -> Result<V::Value, Error> {
        let tree = self.tree;
        let Some(table) = tree.table(self.given) else {
            self.wrong_shape("a table");
            return visitor.visit_map(NoEntries);
        };
        let mut known = Vec::new();
        for (key, &value) in table {
            match fields {
                _ if self.beside.contains(&key.as_str()) => {}
                Some(fields) if !fields.contains(&key.as_str()) => {
                    let known = fields.iter().chain(self.beside).copied();
                    let help = did_you_mean(key, known);
                    let key = joined(&self.path, &shown(key));
                    self.faults.push(tree.place(value), key, "unknown key", help);
                }
                _ => known.push((key, value)),
            }
        }
        visitor.visit_map(Entries { reader: self, rest: known.into_iter(), value: None })
    }
}

impl<'de> Deserializer<'de> for &mut Reader<'_> {
    type Error = Error;

    /// A leaf is known by its number; what it says is checked with the rules of its key.
    fn deserialize_any<V: de::Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_u32(self.given.0)
    }

    fn deserialize_option<V: de::Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_some(self)
    }

    fn deserialize_struct<V: de::Visitor<'de>>(
        self,
        _name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.visit_table(visitor, Some(fields))
    }

    fn deserialize_map<V: de::Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.visit_table(visitor, None)
    }

    fn deserialize_seq<V: de::Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let tree = self.tree;
        let items: &[ValueId] = match tree.value(self.given) {
            Value::Array(items) => items,
            _ => {
                self.wrong_shape("an array");
                &[]
            }
        };
        visitor.visit_seq(Items { reader: self, rest: items.iter().enumerate() })
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit
        unit_struct newtype_struct tuple tuple_struct enum identifier ignored_any
    }
}

/// The entries of a table, each read with its own path.
struct Entries<'r, 't, I> {
    reader: &'r mut Reader<'t>,
    rest: I,
    value: Option<(String, ValueId)>,
}

impl<'de, 'k, I: Iterator<Item = (&'k String, ValueId)>> MapAccess<'de> for Entries<'_, '_, I> {
    type Error = Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Error> {
        let Some((key, given)) = self.rest.next() else { return Ok(None) };
        self.value = Some((joined(&self.reader.path, key), given));
        let key: StringDeserializer<Error> = key.clone().into_deserializer();
        seed.deserialize(key).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Error> {
        let (path, given) = self.value.take().expect("a value is asked for after its key");
        let Reader { tree, faults, .. } = self.reader;
        seed.deserialize(&mut Reader { tree, given, path, beside: &[], faults })
    }
}

/// The members of an array, each read with its own path.
struct Items<'r, 't, 'i> {
    reader: &'r mut Reader<'t>,
    rest: std::iter::Enumerate<std::slice::Iter<'i, ValueId>>,
}

impl<'de> SeqAccess<'de> for Items<'_, '_, '_> {
    type Error = Error;

    fn next_element_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, Error> {
        let Some((number, &given)) = self.rest.next() else { return Ok(None) };
        let path = format!("{}[{number}]", self.reader.path);
        let Reader { tree, faults, .. } = self.reader;
        seed.deserialize(&mut Reader { tree, given, path, beside: &[], faults }).map(Some)
    }
}

/// Stands for a table that is not one, so that the rest can still be read.
struct NoEntries;

impl<'de> MapAccess<'de> for NoEntries {
    type Error = Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, _: K) -> Result<Option<K::Value>, Error> {
        Ok(None)
    }
    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, _: V) -> Result<V::Value, Error> {
        Err(de::Error::custom("there are no entries"))
    }
}

fn joined(path: &str, key: &str) -> String {
    if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") }
}
