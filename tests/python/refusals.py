"""What a refusal says: its code, its reason, and the details of its status, decoded as a client does."""

import contextlib
import dataclasses

import grpc
from google.rpc import error_details_pb2
from grpc_status import rpc_status


@dataclasses.dataclass
class Refusal:
    """A call that was refused."""

    code: grpc.StatusCode
    message: str
    details: list

    def detail(self, kind):
        """The detail of this kind; a refusal has at most one of each."""
        found = [detail for detail in self.details if isinstance(detail, kind)]
        assert len(found) <= 1, f"{kind.__name__} is there {len(found)} times"
        return found[0] if found else None

    @property
    def info(self) -> error_details_pb2.ErrorInfo:
        """The ErrorInfo that every refusal carries."""
        info = self.detail(error_details_pb2.ErrorInfo)
        assert info is not None, f"no ErrorInfo on {self.code}: {self.message}"
        return info

    @property
    def reason(self) -> str:
        """The stable reason."""
        return self.info.reason

    @property
    def fields(self) -> list[str]:
        """The fields that were found at fault."""
        bad_request = self.detail(error_details_pb2.BadRequest)
        return [violation.field for violation in bad_request.field_violations] if bad_request else []


KINDS = {
    kind.DESCRIPTOR.full_name: kind
    for kind in (
        error_details_pb2.BadRequest,
        error_details_pb2.ErrorInfo,
        error_details_pb2.PreconditionFailure,
        error_details_pb2.RequestInfo,
        error_details_pb2.ResourceInfo,
        error_details_pb2.RetryInfo,
        error_details_pb2.Help,
        error_details_pb2.LocalizedMessage,
    )
}


def refusal(error: grpc.RpcError) -> Refusal:
    """Decodes a failed call."""
    status = rpc_status.from_call(error)
    details = []
    for packed in status.details if status is not None else []:
        kind = KINDS[packed.type_url.rsplit("/", 1)[-1]]
        detail = kind()
        assert packed.Unpack(detail), packed.type_url
        details.append(detail)
    return Refusal(code=error.code(), message=error.details() or "", details=details)


@contextlib.contextmanager
def refused(test, code: grpc.StatusCode, reason: str | None = None):
    """The block's call must be refused with this code, and with this reason in the domain `taper`."""
    found = Refusal(code=None, message="", details=[])
    try:
        yield found
    except grpc.RpcError as error:
        decoded = refusal(error)
        found.code, found.message, found.details = decoded.code, decoded.message, decoded.details
    else:
        test.fail(f"it was accepted, where {code} was due")
    test.assertEqual(found.code, code, found.message)
    test.assertEqual(found.info.domain, "taper")
    if reason is not None:
        test.assertEqual(found.reason, reason, found.message)
    test.assertNotEqual(found.message, "", "a refusal says what was found and what to do")
