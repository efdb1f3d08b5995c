"""jupyter_kernel_test's own suite. Run by TestRealClients."""
import os
import unittest

import jupyter_kernel_test as jkt

KERNEL = os.environ["GOSSL_TEST_KERNEL_NAME"]


class Kernel(jkt.KernelTests):
    kernel_name = KERNEL
    language_name = "go"
    file_extension = ".go"
    code_hello_world = 'import "fmt"\nfmt.Println("hello, world")'
    code_stderr = 'import "os"\nimport "fmt"\nfmt.Fprintln(os.Stderr, "oops")'
    completion_samples = [
        {"text": "strings.CutPre", "matches": {"CutPrefix"}},
        {"text": "fmt.Sprintl"},
    ]
    complete_code_samples = ["1+1", "func f() {}", "for i := range 3 {\n}", "name?"]
    incomplete_code_samples = ["func f() {", "x :=", "fmt.Println(1,", "var s = `one"]
    invalid_code_samples = ["x := := 1", "}", "if ) {"]
    code_page_something = "strings.Cut?"
    code_generate_error = 'panic("wanted")'
    code_execute_result = [
        {"code": "1+2+3", "result": "6"},
        {"code": "5*8", "result": "40"},
        {"code": '"a" + "b"', "result": "ab"},
    ]
    code_display_data = [
        {"code": 'gonbui.DisplayHTML("<b>bold</b>")', "mime": "text/html"},
        {"code": 'gonbui.DisplayPng([]byte{0x89, 0x50})', "mime": "image/png"},
    ]
    code_history_pattern = "5?8*"
    supported_history_operations = ("tail", "range", "search")
    code_clear_output = "%clear"
    code_inspect_sample = "strings.Cut"


class Welcome(jkt.IopubWelcomeTests):
    kernel_name = KERNEL
    support_iopub_welcome = True


if __name__ == "__main__":
    unittest.main()
