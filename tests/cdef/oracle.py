"""Says what libclang makes of a preprocessed C text: a line for each function, variable, typedef, record and enum.

Usage: oracle.py FILE [compiler argument ...]; describe.rs writes the same lines from what ffijit reads.
"""

import sys

from clang import cindex
from clang.cindex import CursorKind, TypeKind

SCALARS = {
    TypeKind.VOID: "void",
    TypeKind.BOOL: "_Bool",
    TypeKind.CHAR_S: "char",
    TypeKind.CHAR_U: "char",
    TypeKind.SCHAR: "signed char",
    TypeKind.UCHAR: "unsigned char",
    TypeKind.SHORT: "short",
    TypeKind.USHORT: "unsigned short",
    TypeKind.INT: "int",
    TypeKind.UINT: "unsigned int",
    TypeKind.LONG: "long",
    TypeKind.ULONG: "unsigned long",
    TypeKind.LONGLONG: "long long",
    TypeKind.ULONGLONG: "unsigned long long",
    TypeKind.FLOAT: "float",
    TypeKind.DOUBLE: "double",
    TypeKind.LONGDOUBLE: "long double",
}


def unnamed(cursor):
    return not cursor.spelling or "unnamed at" in cursor.spelling or "anonymous at" in cursor.spelling


def record(kind, depth):
    """A struct or union by its tag, or one without a tag by what it holds."""
    cursor = kind.get_declaration()
    word = "union" if cursor.kind == CursorKind.UNION_DECL else "struct"
    if not unnamed(cursor):
        return f"{word} {cursor.spelling}"
    return body(kind, depth)


def body(kind, depth):
    cursor = kind.get_declaration()
    word = "union" if cursor.kind == CursorKind.UNION_DECL else "struct"
    if kind.get_size() < 0:
        return f"{word} incomplete"
    fields = []
    for field in kind.get_fields():
        name = "" if unnamed(field) else field.spelling
        bits = f":{field.get_bitfield_width()}" if field.is_bitfield() else ""
        fields.append(f"{name}@{field.get_field_offsetof()}{bits} {plain(field.type.get_canonical(), depth + 1)}")
    return f"{word} {kind.get_size()}/{kind.get_align()} {{{'; '.join(fields)}}}"


def enum(kind):
    cursor = kind.get_declaration()
    if not unnamed(cursor):
        return f"enum {cursor.spelling}"
    return enum_body(cursor)


def enum_body(cursor):
    names = [f"{c.spelling}={c.enum_value}" for c in cursor.get_children() if c.kind == CursorKind.ENUM_CONSTANT_DECL]
    return f"enum {cursor.type.get_size()} {{{', '.join(names)}}}"


def text(kind, depth=0):
    kind = kind.get_canonical()
    constant = "const " if kind.is_const_qualified() else ""
    return constant + plain(kind, depth)


def plain(kind, depth):
    if depth > 12:
        return ".."
    if "__va_list" in kind.spelling and kind.kind in (TypeKind.POINTER, TypeKind.CONSTANTARRAY, TypeKind.RECORD):
        return "va_list"
    if kind.kind in SCALARS:
        return SCALARS[kind.kind]
    if kind.kind == TypeKind.COMPLEX:
        return f"complex {text(kind.element_type, depth)}"
    if kind.kind == TypeKind.POINTER:
        return f"*{text(kind.get_pointee(), depth + 1)}"
    if kind.kind in (TypeKind.CONSTANTARRAY, TypeKind.INCOMPLETEARRAY):
        count = kind.element_count if kind.kind == TypeKind.CONSTANTARRAY else ""
        return f"[{count}]{text(kind.element_type, depth + 1).removeprefix('const ')}"
    if kind.kind == TypeKind.FUNCTIONPROTO:
        arguments = [plain(a.get_canonical(), depth + 1) for a in kind.argument_types()]
        arguments += ["..."] if kind.is_function_variadic() else []
        return f"({', '.join(arguments)})->{plain(kind.get_result().get_canonical(), depth + 1)}"
    if kind.kind == TypeKind.FUNCTIONNOPROTO:
        return f"?->{plain(kind.get_result().get_canonical(), depth + 1)}"
    if kind.kind == TypeKind.RECORD:
        return record(kind, depth)
    if kind.kind == TypeKind.ENUM:
        return enum(kind)
    return "unsupported"


def line(cursor):
    """The line of a declaration, if it has one."""
    if cursor.kind == CursorKind.FUNCTION_DECL:
        if cursor.storage_class == cindex.StorageClass.STATIC:
            return None
        return f"function {cursor.spelling} {text(cursor.type)}"
    if cursor.kind == CursorKind.VAR_DECL and cursor.storage_class != cindex.StorageClass.STATIC:
        return f"variable {cursor.spelling} {text(cursor.type)}"
    if cursor.kind == CursorKind.TYPEDEF_DECL:
        return f"typedef {cursor.spelling} {text(cursor.underlying_typedef_type)}"
    if cursor.kind in (CursorKind.STRUCT_DECL, CursorKind.UNION_DECL):
        if cursor.is_definition() and not unnamed(cursor):
            return f"record {cursor.spelling} {body(cursor.type, 0)}"
    if cursor.kind == CursorKind.ENUM_DECL and cursor.is_definition() and not unnamed(cursor):
        return f"enum {cursor.spelling} {enum_body(cursor)}"
    return None


def walk(cursor, lines):
    for child in cursor.get_children():
        found = line(child)
        if found:
            lines[" ".join(found.split(" ", 2)[:2])] = found
        if child.kind in (
            CursorKind.STRUCT_DECL,
            CursorKind.UNION_DECL,
            CursorKind.FIELD_DECL,
            CursorKind.TYPEDEF_DECL,
            CursorKind.FUNCTION_DECL,
            CursorKind.PARM_DECL,
            CursorKind.VAR_DECL,
        ):
            walk(child, lines)


def main():
    unit = cindex.Index.create().parse(sys.argv[1], args=["-x", "cpp-output", *sys.argv[2:]])
    errors = [d for d in unit.diagnostics if d.severity >= cindex.Diagnostic.Error]
    if errors:
        sys.exit(f"libclang: {errors[0]}")
    lines = {}
    walk(unit.cursor, lines)
    print("\n".join(sorted(lines.values())))


main()
