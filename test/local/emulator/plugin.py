"""Starts MiniStack with what the example app's templates need beyond it. One process, loopback only; see launcher.ts."""

import hashlib
import json
import os
import signal
import sys
import threading
import time

import provisioners
from recorded_types import RECORDED, RECORDED_FORMS
from ministack.core.responses import get_account_id, get_region, request_scope
from ministack.services import sns
from ministack.services.cloudformation import changesets, engine, handlers, stacks
from ministack.services.cloudformation.provisioners import _RESOURCE_HANDLERS as HANDLERS

USED_FILE = os.environ.get("EMULATOR_USED_TYPES")
used: dict[str, dict[str, int]] = {}


def _note(kind, resource_type):
    """The demo's summary says what was real and what was only recorded: counts by type, in a file it reads."""
    counts = used.setdefault(kind, {})
    counts[resource_type] = counts.get(resource_type, 0) + 1
    if USED_FILE:
        with open(USED_FILE, "w", encoding="utf-8") as file:
            json.dump(used, file)


def _recorded(resource_type, id_prefix, attributes):
    service = resource_type.split("::")[1].lower()

    def create(logical_id, props, stack):
        digest = hashlib.sha256(f"{get_region()}:{stack}:{logical_id}".encode()).hexdigest()
        identifier = f"{id_prefix}-{digest[:17]}"
        separator = ":" if service == "rds" else "/"
        arn = f"arn:aws:{service}:{get_region()}:{get_account_id()}:{id_prefix}{separator}{identifier}"
        values = {
            "PublicIp": f"203.0.113.{int(digest[:2], 16)}",
            "Endpoint": f"{identifier}.{service}.localhost",
            "AvailabilityZone": (props or {}).get("AvailabilityZone", ""),
        }
        return identifier, {
            name: values.get(name, arn if name.lower().endswith("arn") else identifier) for name in attributes
        }

    return {"create": create, "delete": lambda physical_id, props: None}


def _counted(kind, resource_type, handler):
    create = handler["create"]

    def counting(*args, **kwargs):
        _note(kind, resource_type)
        return create(*args, **kwargs)

    return {**handler, "create": counting}


def _either(applies, recorded, real):
    """Records the resources of a type that MiniStack does not take in every form, and leaves the others real."""

    def create(logical_id, props, stack):
        chosen = recorded if applies(props or {}) else real
        return chosen["create"](logical_id, props, stack)

    def delete(physical_id, props):
        if not applies(props or {}):
            real["delete"](physical_id, props)

    return {"create": create, "delete": delete}


def _resolve_outputs_across_regions():
    """MiniStack looks for `Fn::GetStackOutput` in the consumer's own region, whatever `Region` says."""
    resolve = engine._resolve_refs

    def resolved(value, *args, **kwargs):
        if isinstance(value, dict) and "Region" in (value.get("Fn::GetStackOutput") or {}):
            spec = dict(value["Fn::GetStackOutput"])
            region = resolved(spec.pop("Region"), *args, **kwargs)
            with request_scope(get_account_id(), region):
                return resolve({"Fn::GetStackOutput": spec}, *args, **kwargs)
        return resolve(value, *args, **kwargs)

    for module in (engine, stacks, changesets, handlers):
        module._resolve_refs = resolved


def _tell_of_alarms_as_cloudwatch_does():
    """MiniStack's messages lack the alarm's ARN, and spell the dimensions as the API does: `Name` for `name`."""
    fan_out = sns._fanout

    def fanned_out(topic_arn, message_id, message, *args, **kwargs):
        alarm = json.loads(message) if message.startswith('{"AlarmName"') else {}
        if "Trigger" in alarm:
            dimensions = alarm["Trigger"].get("Dimensions") or []
            alarm["Trigger"]["Dimensions"] = [{key.lower(): text for key, text in one.items()} for one in dimensions]
            alarm["AlarmArn"] = f"arn:aws:cloudwatch:{get_region()}:{get_account_id()}:alarm:{alarm['AlarmName']}"
            message = json.dumps(alarm)
        return fan_out(topic_arn, message_id, message, *args, **kwargs)

    sns._fanout = fanned_out


def _end_with_parent():
    """A parent that was killed could not stop us: then the whole process group, functions included, ends by itself."""
    parent = os.environ.get("EMULATOR_PARENT")
    if not parent:
        return

    def watch():
        while os.getppid() == int(parent):
            time.sleep(1)
        os.killpg(os.getpgrp(), signal.SIGKILL)

    threading.Thread(target=watch, daemon=True).start()


def install():
    overlap = sorted((set(RECORDED) | set(provisioners.PROVISIONED)) & set(HANDLERS))
    if overlap:
        sys.exit(f"MiniStack now provisions these itself, drop them from the plug-in: {', '.join(overlap)}")
    for resource_type, complete in provisioners.COMPLETED.items():
        HANDLERS[resource_type] = complete(HANDLERS[resource_type])
    for resource_type in list(HANDLERS):
        HANDLERS[resource_type] = _counted("real", resource_type, HANDLERS[resource_type])
    for resource_type, handler in provisioners.PROVISIONED.items():
        HANDLERS[resource_type] = _counted("real", resource_type, handler)
    for resource_type, (_reason, applies, attributes) in RECORDED_FORMS.items():
        recorded = _counted("recorded", resource_type, _recorded(resource_type, "form", attributes))
        HANDLERS[resource_type] = _either(applies, recorded, HANDLERS[resource_type])
    for resource_type, (_reason, id_prefix, attributes) in RECORDED.items():
        HANDLERS[resource_type] = _counted("recorded", resource_type, _recorded(resource_type, id_prefix, attributes))
    provisioners.install()
    _resolve_outputs_across_regions()
    _tell_of_alarms_as_cloudwatch_does()


if __name__ == "__main__":
    _end_with_parent()
    install()
    from ministack.app import main

    main()
