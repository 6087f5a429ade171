"""What Schemathesis finds and is right as it is. A failure that no line describes fails the test.

Each line has the class of the failure, what the answer and the check say, and why it is right.
"""

import re

import schemathesis

_EXCEPTIONS = [
    # Rules between a value and the world, which no schema can express.
    ("RejectedPositiveData", r"^422 cursor must be one that a list has returned", "Cursors are opaque."),
    ("RejectedPositiveData", r"^422 expires_at must be a time to come", "A time that has passed."),
    ("RejectedPositiveData", r"^422 min_duration must not exceed", "Depends on another field."),
    ("RejectedPositiveData", r"^422 split_min_duration must not exceed", "Depends on another field."),
    ("RejectedPositiveData", r"^422 (from|to) must ", "Depends on the length of the recording."),
    ("RejectedPositiveData", r"^422 tts_type must be one of", "The operator configures the types."),
    ("RejectedPositiveData", r"^422 language must be one of", "The grammar of BCP 47 is no regular expression."),
    ("RejectedPositiveData", r"^422 (url must|The URL) ", "Which hosts may be called is decided by address."),
    ("RejectedPositiveData", r"^422 (The format of the file|The file )", "Random bytes are no audio."),
    ("RejectedPositiveData", r'^422 Unknown field "', "A name that is nearly that of a field (docs/api.md)."),
    ("RejectedPositiveData", r"^422 labels must ", "Nest cannot describe the names of properties."),
    # RFC 7578 has no rule for such names, and no library reads them alike.
    ("RejectedPositiveData", r"^400 .*one of its headers is malformed", "A part's name with control characters."),
    # 20 failed authentications of an address in a minute lock it out before the key is looked at.
    ("IgnoredAuth", r"got `429 Too Many Requests`", "429 comes before 401."),
    # `/voices/{partner}/empty` is also the voice `empty`.
    ("AllowHeaderMismatch", r"^405 .*/\{partner\}/(empty|events|import)$", "Allow lists the methods of both routes."),
]


@schemathesis.hook
def filter_failure(context, failure, case, response) -> bool:
    """Returns whether a failure counts: no line describes it."""
    said = f"{response.status_code} {_detail(response)} | {failure.message} | {case.operation.path}"
    for check, pattern, _why in _EXCEPTIONS:
        if type(failure).__name__ == check and re.search(pattern, said, re.DOTALL):
            return False
    return True


def _detail(response) -> str:
    """Returns the sentence of an error, or an empty text."""
    try:
        return response.json()["detail"]
    except (ValueError, KeyError, TypeError):
        return ""
