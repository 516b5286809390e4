//! Any bytes are a signature or an error; a signature's text reads back as the same signature.

use ffijit::signature::Signature;

/// Reads the bytes before the first `;` as argument types, those behind it as the result's.
pub fn run(data: &[u8]) {
    let split = data.iter().position(|&b| b == b';').unwrap_or(data.len());
    let (args, ret) = (&data[..split], data.get(split + 1..).unwrap_or(b" "));
    if let Ok(signature) = Signature::parse(args, ret) {
        let (args, ret) = (signature.args_text(), signature.ret_text());
        assert_eq!(
            Signature::parse(args.as_bytes(), ret.as_bytes()).as_ref(),
            Ok(&signature),
            "{args};{ret}"
        );
    }
}
