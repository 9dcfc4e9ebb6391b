//! stub
pub mod html;
