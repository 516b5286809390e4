// pcre2 10.42, made by tools/modules.q.
// pcre2.h of libpcre2-8, written by .ffi.module; it needs neither header nor C compiler. Data model: LP64.
if[not `cdef in key `.ffi; @[system;"l ffi.q";{use`ffijit}]];
.ffi.i.module[`.pcre2;"libpcre2-8";`LP64;::;"
 struct pcre2_real_general_context_8;
 typedef struct pcre2_real_general_context_8 pcre2_general_context_8;
 struct pcre2_real_compile_context_8;
 typedef struct pcre2_real_compile_context_8 pcre2_compile_context_8;
 struct pcre2_real_match_context_8;
 typedef struct pcre2_real_match_context_8 pcre2_match_context_8;
 struct pcre2_real_convert_context_8;
 typedef struct pcre2_real_convert_context_8 pcre2_convert_context_8;
 struct pcre2_real_code_8;
 typedef struct pcre2_real_code_8 pcre2_code_8;
 struct pcre2_real_match_data_8;
 typedef struct pcre2_real_match_data_8 pcre2_match_data_8;
 struct pcre2_real_jit_stack_8;
 typedef struct pcre2_real_jit_stack_8 pcre2_jit_stack_8;
 struct pcre2_real_general_context_16;
 typedef struct pcre2_real_general_context_16 pcre2_general_context_16;
 struct pcre2_real_compile_context_16;
 typedef struct pcre2_real_compile_context_16 pcre2_compile_context_16;
 struct pcre2_real_match_context_16;
 typedef struct pcre2_real_match_context_16 pcre2_match_context_16;
 struct pcre2_real_convert_context_16;
 typedef struct pcre2_real_convert_context_16 pcre2_convert_context_16;
 struct pcre2_real_code_16;
 typedef struct pcre2_real_code_16 pcre2_code_16;
 struct pcre2_real_match_data_16;
 typedef struct pcre2_real_match_data_16 pcre2_match_data_16;
 struct pcre2_real_jit_stack_16;
 typedef struct pcre2_real_jit_stack_16 pcre2_jit_stack_16;
 struct pcre2_real_general_context_32;
 typedef struct pcre2_real_general_context_32 pcre2_general_context_32;
 struct pcre2_real_compile_context_32;
 typedef struct pcre2_real_compile_context_32 pcre2_compile_context_32;
 struct pcre2_real_match_context_32;
 typedef struct pcre2_real_match_context_32 pcre2_match_context_32;
 struct pcre2_real_convert_context_32;
 typedef struct pcre2_real_convert_context_32 pcre2_convert_context_32;
 struct pcre2_real_code_32;
 typedef struct pcre2_real_code_32 pcre2_code_32;
 struct pcre2_real_match_data_32;
 typedef struct pcre2_real_match_data_32 pcre2_match_data_32;
 struct pcre2_real_jit_stack_32;
 typedef struct pcre2_real_jit_stack_32 pcre2_jit_stack_32;
 #define PCRE2_MAJOR 10
 #define PCRE2_MINOR 42
 #define PCRE2_DATE 1999
 #define PCRE2_ANCHORED 2147483648
 #define PCRE2_NO_UTF_CHECK 1073741824
 #define PCRE2_ENDANCHORED 536870912
 #define PCRE2_ALLOW_EMPTY_CLASS 1
 #define PCRE2_ALT_BSUX 2
 #define PCRE2_AUTO_CALLOUT 4
 #define PCRE2_CASELESS 8
 #define PCRE2_DOLLAR_ENDONLY 16
 #define PCRE2_DOTALL 32
 #define PCRE2_DUPNAMES 64
 #define PCRE2_EXTENDED 128
 #define PCRE2_FIRSTLINE 256
 #define PCRE2_MATCH_UNSET_BACKREF 512
 #define PCRE2_MULTILINE 1024
 #define PCRE2_NEVER_UCP 2048
 #define PCRE2_NEVER_UTF 4096
 #define PCRE2_NO_AUTO_CAPTURE 8192
 #define PCRE2_NO_AUTO_POSSESS 16384
 #define PCRE2_NO_DOTSTAR_ANCHOR 32768
 #define PCRE2_NO_START_OPTIMIZE 65536
 #define PCRE2_UCP 131072
 #define PCRE2_UNGREEDY 262144
 #define PCRE2_UTF 524288
 #define PCRE2_NEVER_BACKSLASH_C 1048576
 #define PCRE2_ALT_CIRCUMFLEX 2097152
 #define PCRE2_ALT_VERBNAMES 4194304
 #define PCRE2_USE_OFFSET_LIMIT 8388608
 #define PCRE2_EXTENDED_MORE 16777216
 #define PCRE2_LITERAL 33554432
 #define PCRE2_MATCH_INVALID_UTF 67108864
 #define PCRE2_EXTRA_ALLOW_SURROGATE_ESCAPES 1
 #define PCRE2_EXTRA_BAD_ESCAPE_IS_LITERAL 2
 #define PCRE2_EXTRA_MATCH_WORD 4
 #define PCRE2_EXTRA_MATCH_LINE 8
 #define PCRE2_EXTRA_ESCAPED_CR_IS_LF 16
 #define PCRE2_EXTRA_ALT_BSUX 32
 #define PCRE2_EXTRA_ALLOW_LOOKAROUND_BSK 64
 #define PCRE2_JIT_COMPLETE 1
 #define PCRE2_JIT_PARTIAL_SOFT 2
 #define PCRE2_JIT_PARTIAL_HARD 4
 #define PCRE2_JIT_INVALID_UTF 256
 #define PCRE2_NOTBOL 1
 #define PCRE2_NOTEOL 2
 #define PCRE2_NOTEMPTY 4
 #define PCRE2_NOTEMPTY_ATSTART 8
 #define PCRE2_PARTIAL_SOFT 16
 #define PCRE2_PARTIAL_HARD 32
 #define PCRE2_DFA_RESTART 64
 #define PCRE2_DFA_SHORTEST 128
 #define PCRE2_SUBSTITUTE_GLOBAL 256
 #define PCRE2_SUBSTITUTE_EXTENDED 512
 #define PCRE2_SUBSTITUTE_UNSET_EMPTY 1024
 #define PCRE2_SUBSTITUTE_UNKNOWN_UNSET 2048
 #define PCRE2_SUBSTITUTE_OVERFLOW_LENGTH 4096
 #define PCRE2_NO_JIT 8192
 #define PCRE2_COPY_MATCHED_SUBJECT 16384
 #define PCRE2_SUBSTITUTE_LITERAL 32768
 #define PCRE2_SUBSTITUTE_MATCHED 65536
 #define PCRE2_SUBSTITUTE_REPLACEMENT_ONLY 131072
 #define PCRE2_CONVERT_UTF 1
 #define PCRE2_CONVERT_NO_UTF_CHECK 2
 #define PCRE2_CONVERT_POSIX_BASIC 4
 #define PCRE2_CONVERT_POSIX_EXTENDED 8
 #define PCRE2_CONVERT_GLOB 16
 #define PCRE2_CONVERT_GLOB_NO_WILD_SEPARATOR 48
 #define PCRE2_CONVERT_GLOB_NO_STARSTAR 80
 #define PCRE2_NEWLINE_CR 1
 #define PCRE2_NEWLINE_LF 2
 #define PCRE2_NEWLINE_CRLF 3
 #define PCRE2_NEWLINE_ANY 4
 #define PCRE2_NEWLINE_ANYCRLF 5
 #define PCRE2_NEWLINE_NUL 6
 #define PCRE2_BSR_UNICODE 1
 #define PCRE2_BSR_ANYCRLF 2
 #define PCRE2_ERROR_END_BACKSLASH 101
 #define PCRE2_ERROR_END_BACKSLASH_C 102
 #define PCRE2_ERROR_UNKNOWN_ESCAPE 103
 #define PCRE2_ERROR_QUANTIFIER_OUT_OF_ORDER 104
 #define PCRE2_ERROR_QUANTIFIER_TOO_BIG 105
 #define PCRE2_ERROR_MISSING_SQUARE_BRACKET 106
 #define PCRE2_ERROR_ESCAPE_INVALID_IN_CLASS 107
 #define PCRE2_ERROR_CLASS_RANGE_ORDER 108
 #define PCRE2_ERROR_QUANTIFIER_INVALID 109
 #define PCRE2_ERROR_INTERNAL_UNEXPECTED_REPEAT 110
 #define PCRE2_ERROR_INVALID_AFTER_PARENS_QUERY 111
 #define PCRE2_ERROR_POSIX_CLASS_NOT_IN_CLASS 112
 #define PCRE2_ERROR_POSIX_NO_SUPPORT_COLLATING 113
 #define PCRE2_ERROR_MISSING_CLOSING_PARENTHESIS 114
 #define PCRE2_ERROR_BAD_SUBPATTERN_REFERENCE 115
 #define PCRE2_ERROR_NULL_PATTERN 116
 #define PCRE2_ERROR_BAD_OPTIONS 117
 #define PCRE2_ERROR_MISSING_COMMENT_CLOSING 118
 #define PCRE2_ERROR_PARENTHESES_NEST_TOO_DEEP 119
 #define PCRE2_ERROR_PATTERN_TOO_LARGE 120
 #define PCRE2_ERROR_HEAP_FAILED 121
 #define PCRE2_ERROR_UNMATCHED_CLOSING_PARENTHESIS 122
 #define PCRE2_ERROR_INTERNAL_CODE_OVERFLOW 123
 #define PCRE2_ERROR_MISSING_CONDITION_CLOSING 124
 #define PCRE2_ERROR_LOOKBEHIND_NOT_FIXED_LENGTH 125
 #define PCRE2_ERROR_ZERO_RELATIVE_REFERENCE 126
 #define PCRE2_ERROR_TOO_MANY_CONDITION_BRANCHES 127
 #define PCRE2_ERROR_CONDITION_ASSERTION_EXPECTED 128
 #define PCRE2_ERROR_BAD_RELATIVE_REFERENCE 129
 #define PCRE2_ERROR_UNKNOWN_POSIX_CLASS 130
 #define PCRE2_ERROR_INTERNAL_STUDY_ERROR 131
 #define PCRE2_ERROR_UNICODE_NOT_SUPPORTED 132
 #define PCRE2_ERROR_PARENTHESES_STACK_CHECK 133
 #define PCRE2_ERROR_CODE_POINT_TOO_BIG 134
 #define PCRE2_ERROR_LOOKBEHIND_TOO_COMPLICATED 135
 #define PCRE2_ERROR_LOOKBEHIND_INVALID_BACKSLASH_C 136
 #define PCRE2_ERROR_UNSUPPORTED_ESCAPE_SEQUENCE 137
 #define PCRE2_ERROR_CALLOUT_NUMBER_TOO_BIG 138
 #define PCRE2_ERROR_MISSING_CALLOUT_CLOSING 139
 #define PCRE2_ERROR_ESCAPE_INVALID_IN_VERB 140
 #define PCRE2_ERROR_UNRECOGNIZED_AFTER_QUERY_P 141
 #define PCRE2_ERROR_MISSING_NAME_TERMINATOR 142
 #define PCRE2_ERROR_DUPLICATE_SUBPATTERN_NAME 143
 #define PCRE2_ERROR_INVALID_SUBPATTERN_NAME 144
 #define PCRE2_ERROR_UNICODE_PROPERTIES_UNAVAILABLE 145
 #define PCRE2_ERROR_MALFORMED_UNICODE_PROPERTY 146
 #define PCRE2_ERROR_UNKNOWN_UNICODE_PROPERTY 147
 #define PCRE2_ERROR_SUBPATTERN_NAME_TOO_LONG 148
 #define PCRE2_ERROR_TOO_MANY_NAMED_SUBPATTERNS 149
 #define PCRE2_ERROR_CLASS_INVALID_RANGE 150
 #define PCRE2_ERROR_OCTAL_BYTE_TOO_BIG 151
 #define PCRE2_ERROR_INTERNAL_OVERRAN_WORKSPACE 152
 #define PCRE2_ERROR_INTERNAL_MISSING_SUBPATTERN 153
 #define PCRE2_ERROR_DEFINE_TOO_MANY_BRANCHES 154
 #define PCRE2_ERROR_BACKSLASH_O_MISSING_BRACE 155
 #define PCRE2_ERROR_INTERNAL_UNKNOWN_NEWLINE 156
 #define PCRE2_ERROR_BACKSLASH_G_SYNTAX 157
 #define PCRE2_ERROR_PARENS_QUERY_R_MISSING_CLOSING 158
 #define PCRE2_ERROR_VERB_ARGUMENT_NOT_ALLOWED 159
 #define PCRE2_ERROR_VERB_UNKNOWN 160
 #define PCRE2_ERROR_SUBPATTERN_NUMBER_TOO_BIG 161
 #define PCRE2_ERROR_SUBPATTERN_NAME_EXPECTED 162
 #define PCRE2_ERROR_INTERNAL_PARSED_OVERFLOW 163
 #define PCRE2_ERROR_INVALID_OCTAL 164
 #define PCRE2_ERROR_SUBPATTERN_NAMES_MISMATCH 165
 #define PCRE2_ERROR_MARK_MISSING_ARGUMENT 166
 #define PCRE2_ERROR_INVALID_HEXADECIMAL 167
 #define PCRE2_ERROR_BACKSLASH_C_SYNTAX 168
 #define PCRE2_ERROR_BACKSLASH_K_SYNTAX 169
 #define PCRE2_ERROR_INTERNAL_BAD_CODE_LOOKBEHINDS 170
 #define PCRE2_ERROR_BACKSLASH_N_IN_CLASS 171
 #define PCRE2_ERROR_CALLOUT_STRING_TOO_LONG 172
 #define PCRE2_ERROR_UNICODE_DISALLOWED_CODE_POINT 173
 #define PCRE2_ERROR_UTF_IS_DISABLED 174
 #define PCRE2_ERROR_UCP_IS_DISABLED 175
 #define PCRE2_ERROR_VERB_NAME_TOO_LONG 176
 #define PCRE2_ERROR_BACKSLASH_U_CODE_POINT_TOO_BIG 177
 #define PCRE2_ERROR_MISSING_OCTAL_OR_HEX_DIGITS 178
 #define PCRE2_ERROR_VERSION_CONDITION_SYNTAX 179
 #define PCRE2_ERROR_INTERNAL_BAD_CODE_AUTO_POSSESS 180
 #define PCRE2_ERROR_CALLOUT_NO_STRING_DELIMITER 181
 #define PCRE2_ERROR_CALLOUT_BAD_STRING_DELIMITER 182
 #define PCRE2_ERROR_BACKSLASH_C_CALLER_DISABLED 183
 #define PCRE2_ERROR_QUERY_BARJX_NEST_TOO_DEEP 184
 #define PCRE2_ERROR_BACKSLASH_C_LIBRARY_DISABLED 185
 #define PCRE2_ERROR_PATTERN_TOO_COMPLICATED 186
 #define PCRE2_ERROR_LOOKBEHIND_TOO_LONG 187
 #define PCRE2_ERROR_PATTERN_STRING_TOO_LONG 188
 #define PCRE2_ERROR_INTERNAL_BAD_CODE 189
 #define PCRE2_ERROR_INTERNAL_BAD_CODE_IN_SKIP 190
 #define PCRE2_ERROR_NO_SURROGATES_IN_UTF16 191
 #define PCRE2_ERROR_BAD_LITERAL_OPTIONS 192
 #define PCRE2_ERROR_SUPPORTED_ONLY_IN_UNICODE 193
 #define PCRE2_ERROR_INVALID_HYPHEN_IN_OPTIONS 194
 #define PCRE2_ERROR_ALPHA_ASSERTION_UNKNOWN 195
 #define PCRE2_ERROR_SCRIPT_RUN_NOT_AVAILABLE 196
 #define PCRE2_ERROR_TOO_MANY_CAPTURES 197
 #define PCRE2_ERROR_CONDITION_ATOMIC_ASSERTION_EXPECTED 198
 #define PCRE2_ERROR_BACKSLASH_K_IN_LOOKAROUND 199
 #define PCRE2_ERROR_NOMATCH (-1)
 #define PCRE2_ERROR_PARTIAL (-2)
 #define PCRE2_ERROR_UTF8_ERR1 (-3)
 #define PCRE2_ERROR_UTF8_ERR2 (-4)
 #define PCRE2_ERROR_UTF8_ERR3 (-5)
 #define PCRE2_ERROR_UTF8_ERR4 (-6)
 #define PCRE2_ERROR_UTF8_ERR5 (-7)
 #define PCRE2_ERROR_UTF8_ERR6 (-8)
 #define PCRE2_ERROR_UTF8_ERR7 (-9)
 #define PCRE2_ERROR_UTF8_ERR8 (-10)
 #define PCRE2_ERROR_UTF8_ERR9 (-11)
 #define PCRE2_ERROR_UTF8_ERR10 (-12)
 #define PCRE2_ERROR_UTF8_ERR11 (-13)
 #define PCRE2_ERROR_UTF8_ERR12 (-14)
 #define PCRE2_ERROR_UTF8_ERR13 (-15)
 #define PCRE2_ERROR_UTF8_ERR14 (-16)
 #define PCRE2_ERROR_UTF8_ERR15 (-17)
 #define PCRE2_ERROR_UTF8_ERR16 (-18)
 #define PCRE2_ERROR_UTF8_ERR17 (-19)
 #define PCRE2_ERROR_UTF8_ERR18 (-20)
 #define PCRE2_ERROR_UTF8_ERR19 (-21)
 #define PCRE2_ERROR_UTF8_ERR20 (-22)
 #define PCRE2_ERROR_UTF8_ERR21 (-23)
 #define PCRE2_ERROR_UTF16_ERR1 (-24)
 #define PCRE2_ERROR_UTF16_ERR2 (-25)
 #define PCRE2_ERROR_UTF16_ERR3 (-26)
 #define PCRE2_ERROR_UTF32_ERR1 (-27)
 #define PCRE2_ERROR_UTF32_ERR2 (-28)
 #define PCRE2_ERROR_BADDATA (-29)
 #define PCRE2_ERROR_MIXEDTABLES (-30)
 #define PCRE2_ERROR_BADMAGIC (-31)
 #define PCRE2_ERROR_BADMODE (-32)
 #define PCRE2_ERROR_BADOFFSET (-33)
 #define PCRE2_ERROR_BADOPTION (-34)
 #define PCRE2_ERROR_BADREPLACEMENT (-35)
 #define PCRE2_ERROR_BADUTFOFFSET (-36)
 #define PCRE2_ERROR_CALLOUT (-37)
 #define PCRE2_ERROR_DFA_BADRESTART (-38)
 #define PCRE2_ERROR_DFA_RECURSE (-39)
 #define PCRE2_ERROR_DFA_UCOND (-40)
 #define PCRE2_ERROR_DFA_UFUNC (-41)
 #define PCRE2_ERROR_DFA_UITEM (-42)
 #define PCRE2_ERROR_DFA_WSSIZE (-43)
 #define PCRE2_ERROR_INTERNAL (-44)
 #define PCRE2_ERROR_JIT_BADOPTION (-45)
 #define PCRE2_ERROR_JIT_STACKLIMIT (-46)
 #define PCRE2_ERROR_MATCHLIMIT (-47)
 #define PCRE2_ERROR_NOMEMORY (-48)
 #define PCRE2_ERROR_NOSUBSTRING (-49)
 #define PCRE2_ERROR_NOUNIQUESUBSTRING (-50)
 #define PCRE2_ERROR_NULL (-51)
 #define PCRE2_ERROR_RECURSELOOP (-52)
 #define PCRE2_ERROR_DEPTHLIMIT (-53)
 #define PCRE2_ERROR_RECURSIONLIMIT (-53)
 #define PCRE2_ERROR_UNAVAILABLE (-54)
 #define PCRE2_ERROR_UNSET (-55)
 #define PCRE2_ERROR_BADOFFSETLIMIT (-56)
 #define PCRE2_ERROR_BADREPESCAPE (-57)
 #define PCRE2_ERROR_REPMISSINGBRACE (-58)
 #define PCRE2_ERROR_BADSUBSTITUTION (-59)
 #define PCRE2_ERROR_BADSUBSPATTERN (-60)
 #define PCRE2_ERROR_TOOMANYREPLACE (-61)
 #define PCRE2_ERROR_BADSERIALIZEDDATA (-62)
 #define PCRE2_ERROR_HEAPLIMIT (-63)
 #define PCRE2_ERROR_CONVERT_SYNTAX (-64)
 #define PCRE2_ERROR_INTERNAL_DUPMATCH (-65)
 #define PCRE2_ERROR_DFA_UINVALID_UTF (-66)
 #define PCRE2_INFO_ALLOPTIONS 0
 #define PCRE2_INFO_ARGOPTIONS 1
 #define PCRE2_INFO_BACKREFMAX 2
 #define PCRE2_INFO_BSR 3
 #define PCRE2_INFO_CAPTURECOUNT 4
 #define PCRE2_INFO_FIRSTCODEUNIT 5
 #define PCRE2_INFO_FIRSTCODETYPE 6
 #define PCRE2_INFO_FIRSTBITMAP 7
 #define PCRE2_INFO_HASCRORLF 8
 #define PCRE2_INFO_JCHANGED 9
 #define PCRE2_INFO_JITSIZE 10
 #define PCRE2_INFO_LASTCODEUNIT 11
 #define PCRE2_INFO_LASTCODETYPE 12
 #define PCRE2_INFO_MATCHEMPTY 13
 #define PCRE2_INFO_MATCHLIMIT 14
 #define PCRE2_INFO_MAXLOOKBEHIND 15
 #define PCRE2_INFO_MINLENGTH 16
 #define PCRE2_INFO_NAMECOUNT 17
 #define PCRE2_INFO_NAMEENTRYSIZE 18
 #define PCRE2_INFO_NAMETABLE 19
 #define PCRE2_INFO_NEWLINE 20
 #define PCRE2_INFO_DEPTHLIMIT 21
 #define PCRE2_INFO_RECURSIONLIMIT 21
 #define PCRE2_INFO_SIZE 22
 #define PCRE2_INFO_HASBACKSLASHC 23
 #define PCRE2_INFO_FRAMESIZE 24
 #define PCRE2_INFO_HEAPLIMIT 25
 #define PCRE2_INFO_EXTRAOPTIONS 26
 #define PCRE2_CONFIG_BSR 0
 #define PCRE2_CONFIG_JIT 1
 #define PCRE2_CONFIG_JITTARGET 2
 #define PCRE2_CONFIG_LINKSIZE 3
 #define PCRE2_CONFIG_MATCHLIMIT 4
 #define PCRE2_CONFIG_NEWLINE 5
 #define PCRE2_CONFIG_PARENSLIMIT 6
 #define PCRE2_CONFIG_DEPTHLIMIT 7
 #define PCRE2_CONFIG_RECURSIONLIMIT 7
 #define PCRE2_CONFIG_STACKRECURSE 8
 #define PCRE2_CONFIG_UNICODE 9
 #define PCRE2_CONFIG_UNICODE_VERSION 10
 #define PCRE2_CONFIG_VERSION 11
 #define PCRE2_CONFIG_HEAPLIMIT 12
 #define PCRE2_CONFIG_NEVER_BACKSLASH_C 13
 #define PCRE2_CONFIG_COMPILED_WIDTHS 14
 #define PCRE2_CONFIG_TABLES_LENGTH 15
 #define PCRE2_SIZE_MAX 18446744073709551615ULL
 #define PCRE2_ZERO_TERMINATED 18446744073709551615ULL
 #define PCRE2_UNSET 18446744073709551615ULL
 #define PCRE2_CALLOUT_STARTMATCH 1
 #define PCRE2_CALLOUT_BACKTRACK 2
 struct pcre2_callout_block_8 { unsigned int version; unsigned int callout_number; unsigned int capture_top; unsigned int capture_last; unsigned long *offset_vector; const unsigned char *mark; const unsigned char *subject; unsigned long subject_length; unsigned long start_match; unsigned long current_position; unsigned long pattern_position; unsigned long next_item_length; unsigned long callout_string_offset; unsigned long callout_string_length; const unsigned char *callout_string; unsigned int callout_flags; };
 typedef struct pcre2_callout_block_8 pcre2_callout_block_8;
 struct pcre2_callout_enumerate_block_8 { unsigned int version; unsigned long pattern_position; unsigned long next_item_length; unsigned int callout_number; unsigned long callout_string_offset; unsigned long callout_string_length; const unsigned char *callout_string; };
 typedef struct pcre2_callout_enumerate_block_8 pcre2_callout_enumerate_block_8;
 struct pcre2_substitute_callout_block_8 { unsigned int version; const unsigned char *input; const unsigned char *output; unsigned long output_offsets[2]; unsigned long *ovector; unsigned int oveccount; unsigned int subscount; };
 typedef struct pcre2_substitute_callout_block_8 pcre2_substitute_callout_block_8;
 int callout_enumerate(const struct pcre2_real_code_8 *, int (*)(struct pcre2_callout_enumerate_block_8 *, void *), void *) __asm__(\"pcre2_callout_enumerate_8\");
 _Own_(pcre2_code_free_8) struct pcre2_real_code_8 *code_copy(const struct pcre2_real_code_8 *code) __asm__(\"pcre2_code_copy_8\");
 _Own_(pcre2_code_free_8) struct pcre2_real_code_8 *code_copy_with_tables(const struct pcre2_real_code_8 *code) __asm__(\"pcre2_code_copy_with_tables_8\");
 _Own_(pcre2_code_free_8) struct pcre2_real_code_8 *compile(const unsigned char *pattern, unsigned long length, unsigned int options, _Out_ int *error, _Out_ unsigned long *offset, struct pcre2_real_compile_context_8 *context) __asm__(\"pcre2_compile_8\");
 _Own_(pcre2_compile_context_free_8) struct pcre2_real_compile_context_8 *compile_context_copy(struct pcre2_real_compile_context_8 *context) __asm__(\"pcre2_compile_context_copy_8\");
 _Own_(pcre2_compile_context_free_8) struct pcre2_real_compile_context_8 *compile_context_create(struct pcre2_real_general_context_8 *context) __asm__(\"pcre2_compile_context_create_8\");
 int config(unsigned int, void *) __asm__(\"pcre2_config_8\");
 struct pcre2_real_convert_context_8 *convert_context_copy(struct pcre2_real_convert_context_8 *) __asm__(\"pcre2_convert_context_copy_8\");
 struct pcre2_real_convert_context_8 *convert_context_create(struct pcre2_real_general_context_8 *) __asm__(\"pcre2_convert_context_create_8\");
 void convert_context_free(struct pcre2_real_convert_context_8 *) __asm__(\"pcre2_convert_context_free_8\");
 void converted_pattern_free(unsigned char *) __asm__(\"pcre2_converted_pattern_free_8\");
 int dfa_match(const struct pcre2_real_code_8 *, const unsigned char *, unsigned long, unsigned long, unsigned int, struct pcre2_real_match_data_8 *, struct pcre2_real_match_context_8 *, int *, unsigned long) __asm__(\"pcre2_dfa_match_8\");
 struct pcre2_real_general_context_8 *general_context_copy(struct pcre2_real_general_context_8 *) __asm__(\"pcre2_general_context_copy_8\");
 struct pcre2_real_general_context_8 *general_context_create(void *(*)(unsigned long, void *), void (*)(void *, void *), void *) __asm__(\"pcre2_general_context_create_8\");
 void general_context_free(struct pcre2_real_general_context_8 *) __asm__(\"pcre2_general_context_free_8\");
 int get_error_message(int error, char *text, unsigned long size) __asm__(\"pcre2_get_error_message_8\");
 const unsigned char *get_mark(struct pcre2_real_match_data_8 *) __asm__(\"pcre2_get_mark_8\");
 unsigned long get_match_data_size(struct pcre2_real_match_data_8 *) __asm__(\"pcre2_get_match_data_size_8\");
 unsigned long *get_ovector_pointer(struct pcre2_real_match_data_8 *) __asm__(\"pcre2_get_ovector_pointer_8\");
 unsigned int get_ovector_count(struct pcre2_real_match_data_8 *) __asm__(\"pcre2_get_ovector_count_8\");
 unsigned long get_startchar(struct pcre2_real_match_data_8 *) __asm__(\"pcre2_get_startchar_8\");
 int jit_compile(struct pcre2_real_code_8 *, unsigned int) __asm__(\"pcre2_jit_compile_8\");
 int jit_match(const struct pcre2_real_code_8 *, const unsigned char *, unsigned long, unsigned long, unsigned int, struct pcre2_real_match_data_8 *, struct pcre2_real_match_context_8 *) __asm__(\"pcre2_jit_match_8\");
 void jit_free_unused_memory(struct pcre2_real_general_context_8 *) __asm__(\"pcre2_jit_free_unused_memory_8\");
 void jit_stack_assign(struct pcre2_real_match_context_8 *, struct pcre2_real_jit_stack_8 *(*)(void *), void *) __asm__(\"pcre2_jit_stack_assign_8\");
 struct pcre2_real_jit_stack_8 *jit_stack_create(unsigned long, unsigned long, struct pcre2_real_general_context_8 *) __asm__(\"pcre2_jit_stack_create_8\");
 void jit_stack_free(struct pcre2_real_jit_stack_8 *) __asm__(\"pcre2_jit_stack_free_8\");
 const unsigned char *maketables(struct pcre2_real_general_context_8 *) __asm__(\"pcre2_maketables_8\");
 void maketables_free(struct pcre2_real_general_context_8 *, const unsigned char *) __asm__(\"pcre2_maketables_free_8\");
 int match(const struct pcre2_real_code_8 *, const unsigned char *, unsigned long, unsigned long, unsigned int, struct pcre2_real_match_data_8 *, struct pcre2_real_match_context_8 *) __asm__(\"pcre2_match_8\");
 _Own_(pcre2_match_context_free_8) struct pcre2_real_match_context_8 *match_context_copy(struct pcre2_real_match_context_8 *context) __asm__(\"pcre2_match_context_copy_8\");
 _Own_(pcre2_match_context_free_8) struct pcre2_real_match_context_8 *match_context_create(struct pcre2_real_general_context_8 *context) __asm__(\"pcre2_match_context_create_8\");
 _Own_(pcre2_match_data_free_8) struct pcre2_real_match_data_8 *match_data_create(unsigned int pairs, struct pcre2_real_general_context_8 *context) __asm__(\"pcre2_match_data_create_8\");
 _Own_(pcre2_match_data_free_8) struct pcre2_real_match_data_8 *match_data_create_from_pattern(const struct pcre2_real_code_8 *code, struct pcre2_real_general_context_8 *context) __asm__(\"pcre2_match_data_create_from_pattern_8\");
 int pattern_convert(const unsigned char *, unsigned long, unsigned int, unsigned char **, unsigned long *, struct pcre2_real_convert_context_8 *) __asm__(\"pcre2_pattern_convert_8\");
 int pattern_info(const struct pcre2_real_code_8 *, unsigned int, void *) __asm__(\"pcre2_pattern_info_8\");
 int serialize_decode(struct pcre2_real_code_8 **, int, const unsigned char *, struct pcre2_real_general_context_8 *) __asm__(\"pcre2_serialize_decode_8\");
 int serialize_encode(const struct pcre2_real_code_8 **, int, unsigned char **, unsigned long *, struct pcre2_real_general_context_8 *) __asm__(\"pcre2_serialize_encode_8\");
 void serialize_free(unsigned char *) __asm__(\"pcre2_serialize_free_8\");
 int serialize_get_number_of_codes(const unsigned char *) __asm__(\"pcre2_serialize_get_number_of_codes_8\");
 int set_bsr(struct pcre2_real_compile_context_8 *, unsigned int) __asm__(\"pcre2_set_bsr_8\");
 int set_callout(struct pcre2_real_match_context_8 *, int (*)(struct pcre2_callout_block_8 *, void *), void *) __asm__(\"pcre2_set_callout_8\");
 int set_character_tables(struct pcre2_real_compile_context_8 *, const unsigned char *) __asm__(\"pcre2_set_character_tables_8\");
 int set_compile_extra_options(struct pcre2_real_compile_context_8 *, unsigned int) __asm__(\"pcre2_set_compile_extra_options_8\");
 int set_compile_recursion_guard(struct pcre2_real_compile_context_8 *, int (*)(unsigned int, void *), void *) __asm__(\"pcre2_set_compile_recursion_guard_8\");
 int set_depth_limit(struct pcre2_real_match_context_8 *, unsigned int) __asm__(\"pcre2_set_depth_limit_8\");
 int set_glob_escape(struct pcre2_real_convert_context_8 *, unsigned int) __asm__(\"pcre2_set_glob_escape_8\");
 int set_glob_separator(struct pcre2_real_convert_context_8 *, unsigned int) __asm__(\"pcre2_set_glob_separator_8\");
 int set_heap_limit(struct pcre2_real_match_context_8 *, unsigned int) __asm__(\"pcre2_set_heap_limit_8\");
 int set_match_limit(struct pcre2_real_match_context_8 *, unsigned int) __asm__(\"pcre2_set_match_limit_8\");
 int set_max_pattern_length(struct pcre2_real_compile_context_8 *, unsigned long) __asm__(\"pcre2_set_max_pattern_length_8\");
 int set_newline(struct pcre2_real_compile_context_8 *, unsigned int) __asm__(\"pcre2_set_newline_8\");
 int set_parens_nest_limit(struct pcre2_real_compile_context_8 *, unsigned int) __asm__(\"pcre2_set_parens_nest_limit_8\");
 int set_offset_limit(struct pcre2_real_match_context_8 *, unsigned long) __asm__(\"pcre2_set_offset_limit_8\");
 int set_substitute_callout(struct pcre2_real_match_context_8 *, int (*)(struct pcre2_substitute_callout_block_8 *, void *), void *) __asm__(\"pcre2_set_substitute_callout_8\");
 int substitute(const struct pcre2_real_code_8 *code, const char *subject, unsigned long length, unsigned long start, unsigned int options, struct pcre2_real_match_data_8 *match, struct pcre2_real_match_context_8 *context, const char *replacement, unsigned long replacement_length, unsigned char *out, _Inout_ unsigned long *out_length) __asm__(\"pcre2_substitute_8\");
 int substring_copy_byname(struct pcre2_real_match_data_8 *, const unsigned char *, unsigned char *, unsigned long *) __asm__(\"pcre2_substring_copy_byname_8\");
 int substring_copy_bynumber(struct pcre2_real_match_data_8 *, unsigned int, unsigned char *, unsigned long *) __asm__(\"pcre2_substring_copy_bynumber_8\");
 int substring_get_byname(struct pcre2_real_match_data_8 *match, const char *name, _Out_ _Free_(pcre2_substring_free_8) char **text, _Out_ unsigned long *length) __asm__(\"pcre2_substring_get_byname_8\");
 int substring_get_bynumber(struct pcre2_real_match_data_8 *match, unsigned int number, _Out_ _Free_(pcre2_substring_free_8) char **text, _Out_ unsigned long *length) __asm__(\"pcre2_substring_get_bynumber_8\");
 int substring_length_byname(struct pcre2_real_match_data_8 *match, const char *name, _Out_ unsigned long *length) __asm__(\"pcre2_substring_length_byname_8\");
 int substring_length_bynumber(struct pcre2_real_match_data_8 *match, unsigned int number, _Out_ unsigned long *length) __asm__(\"pcre2_substring_length_bynumber_8\");
 int substring_list_get(struct pcre2_real_match_data_8 *, unsigned char ***, unsigned long **) __asm__(\"pcre2_substring_list_get_8\");
 void substring_list_free(const unsigned char **) __asm__(\"pcre2_substring_list_free_8\");
 int substring_nametable_scan(const struct pcre2_real_code_8 *, const unsigned char *, const unsigned char **, const unsigned char **) __asm__(\"pcre2_substring_nametable_scan_8\");
 int substring_number_from_name(const struct pcre2_real_code_8 *code, const char *name) __asm__(\"pcre2_substring_number_from_name_8\");
 int set_recursion_limit(struct pcre2_real_match_context_8 *, unsigned int) __asm__(\"pcre2_set_recursion_limit_8\");
 int set_recursion_memory_management(struct pcre2_real_match_context_8 *, void *(*)(unsigned long, void *), void (*)(void *, void *), void *) __asm__(\"pcre2_set_recursion_memory_management_8\");
 "]
