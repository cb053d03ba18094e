"""Recovery points and executions of runbooks, which MiniStack does not keep.

A point is made by a job, at the moment that its tag says.
"""

import time
import uuid
from urllib.parse import unquote

from ministack.core.iam_evaluator import request_caller_arn
from ministack.core.responses import get_account_id, get_region, json_response
from ministack.services import backup, ssm

# A tag of the job; without it the point is of now.
MADE_AT = "emulator:made-at"
DAY = 24 * 3600
_points: dict[tuple[str, str, str], dict[str, dict]] = {}
_executions: dict[str, dict] = {}


def install():
    native_backup, native_ssm, native_job = backup.handle_request, ssm.handle_request, backup._start_job

    async def handle_backup(method, path, headers, body, query_params):
        parts = unquote(path).strip("/").split("/", 3)
        is_point = len(parts) == 4 and (parts[0], parts[2]) == ("backup-vaults", "recovery-points")
        if is_point and method in ("DELETE", "POST"):
            return _change(method, _of(parts[1]), parts[3], body)
        return await native_backup(method, path, headers, body, query_params)

    async def handle_ssm(method, path, headers, body, query_params):
        action = headers.get("x-amz-target", "").split(".")[-1]
        if not action.endswith("AutomationExecution"):
            return await native_ssm(method, path, headers, body, query_params)
        return _execution(action, ssm.json.loads(body), request_caller_arn(headers, query_params))

    def start_job(body):
        response = native_job(body)
        if response[0] == 200:
            _make(body, ssm.json.loads(response[2])["RecoveryPointArn"])
        return response

    backup.handle_request, ssm.handle_request, backup._start_job = handle_backup, handle_ssm, start_job
    backup._list_recovery_points_by_vault = _list
    backup._list_plan_versions = _old_versions(backup._list_plan_versions)


def _of(vault):
    return _points.setdefault((get_account_id(), get_region(), vault), {})


def _make(job, arn):
    made = float(job.get("RecoveryPointTags", {}).get(MADE_AT, time.time()))
    days = job.get("Lifecycle", {}).get("DeleteAfterDays", 30)
    _of(job["BackupVaultName"])[arn] = {
        "RecoveryPointArn": arn,
        "BackupVaultName": job["BackupVaultName"],
        "ResourceArn": job["ResourceArn"],
        "ResourceType": job["ResourceArn"].split(":")[2].upper(),
        "CreationDate": made,
        "Status": "COMPLETED",
        "BackupSizeInBytes": 1,
        "CalculatedLifecycle": {"DeleteAt": made + days * DAY},
    }


def _list(vault, query):
    resource = query.get("resourceArn")
    points = [point for point in _of(vault).values() if resource in (None, point["ResourceArn"])]
    return backup._paginate(points, query, "RecoveryPoints")


def _change(method, points, arn, body):
    if arn not in points:
        return backup._not_found(f"Recovery point '{arn}' not found.")
    if method == "DELETE":
        del points[arn]
    else:
        days = ssm.json.loads(body)["Lifecycle"]["DeleteAfterDays"]
        points[arn]["CalculatedLifecycle"] = {"DeleteAt": points[arn]["CreationDate"] + days * DAY}
    return json_response({})


def _old_versions(native):
    """Every plan is forty days old, else nothing was promised yet."""

    def versions(plan_id):
        response = native(plan_id)
        if response[0] != 200:
            return response
        found = ssm.json.loads(response[2])["BackupPlanVersionsList"]
        created = time.time() - 40 * DAY
        return backup._ok({"BackupPlanVersionsList": [{**one, "CreationDate": created} for one in found]})

    return versions


def _execution(action, data, caller):
    if action == "StartAutomationExecution":
        execution = str(uuid.uuid4())
        _executions[execution] = {"DocumentName": data["DocumentName"], "ExecutedBy": caller}
        return json_response({"AutomationExecutionId": execution})
    return json_response({"AutomationExecution": _executions.get(data["AutomationExecutionId"], {})})
