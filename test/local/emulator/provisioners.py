"""CloudFormation types whose back-end MiniStack has but does not reach from a template."""

import asyncio
import base64
import gzip
import ipaddress
import json
import threading

import recovery_points
import suppression
from ministack.core.responses import get_account_id, get_region, new_uuid, request_scope
from ministack.services import firehose, lambda_svc, secretsmanager, ssm, transfer, waf

IP_SET_LIMIT = 10_000


class ProvisioningError(Exception):
    pass


def _summary(response, action):
    status, _, body = response
    document = json.loads(body or "{}")
    if status >= 400:
        raise ProvisioningError(f"{action}: {document.get('message') or document.get('Message') or document}")
    return document


# --- WAFv2 IP sets: MiniStack takes stale tokens and anything as an address; AWS takes neither ---------------------------


def _address_problem(addresses, version):
    if len(addresses) > IP_SET_LIMIT:
        return "WAFLimitsExceededException", f"an IP set holds at most {IP_SET_LIMIT} addresses, got {len(addresses)}"
    for address in addresses:
        try:
            network = ipaddress.ip_network(address, strict=True)
        except ValueError:
            return "WAFInvalidParameterException", f"not a CIDR block: {address}"
        if "/" not in address or network.prefixlen == 0 or f"IPV{network.version}" != version:
            return "WAFInvalidParameterException", f"not an {version} CIDR block with a prefix of 1 or more: {address}"
    return None


def _strict_create(create):
    def wrapped(data):
        problem = _address_problem(data.get("Addresses", []), data.get("IPAddressVersion"))
        return waf._waf_err(*problem) if problem else create(data)

    return wrapped


def _strict_update(update):
    def wrapped(data):
        current = waf._resource_from_scope(waf._ip_sets, data.get("Id", ""), data.get("Scope", "REGIONAL"))
        if current and data.get("LockToken") != current["LockToken"]:
            return waf._waf_err("WAFOptimisticLockException", "the IP set was changed since this lock token was read")
        problem = current and _address_problem(data.get("Addresses", []), current["IPAddressVersion"])
        return waf._waf_err(*problem) if problem else update(data)

    return wrapped


def _create_ip_set(logical_id, props, stack):
    name = props.get("Name") or f"{stack}-{logical_id}"
    created = _summary(waf._create_ip_set({**props, "Name": name}), "CreateIPSet")["Summary"]
    return f"{name}|{created['Id']}|{props['Scope']}", {"Arn": created["ARN"], "Id": created["Id"]}


def _delete_ip_set(physical_id, _props):
    name, identifier, scope = physical_id.split("|")
    waf._delete_ip_set({"Name": name, "Id": identifier, "Scope": scope})


# --- Transfer Family: a real SFTP server stands behind it ----------------------------------------------------------------


_sftp_loop = asyncio.new_event_loop()


def _run(coroutine):
    """Provisioners are called from a running loop. The SFTP server lives on the loop that started it, so it is one that stays."""
    if not _sftp_loop.is_running():
        threading.Thread(target=_sftp_loop.run_forever, daemon=True).start()
    return asyncio.run_coroutine_threadsafe(coroutine, _sftp_loop).result()


def _create_server(_logical_id, props, _stack):
    wanted = ("Protocols", "IdentityProviderType", "Domain", "EndpointType")
    account, region = get_account_id(), get_region()

    async def create():
        with request_scope(account, region):
            return await transfer._create_server({key: props[key] for key in wanted if key in props})

    server = _summary(_run(create()), "CreateServer")["ServerId"]
    arn = transfer._server_arn(server)
    return arn, {"Arn": arn, "ServerId": server}


def _delete_server(physical_id, _props):
    account, region, server = get_account_id(), get_region(), physical_id.rsplit("/", 1)[1]

    async def delete():
        with request_scope(account, region):
            return await transfer._delete_server({"ServerId": server})

    _run(delete())


def _create_user(_logical_id, props, _stack):
    server, user = props["ServerId"], props["UserName"]
    keys = props.get("SshPublicKeys") or []
    first = {"SshPublicKeyBody": keys[0]} if keys else {}
    _summary(transfer._create_user({**props, **first}), "CreateUser")
    for key in keys[1:]:
        _summary(
            transfer._import_ssh_public_key({"ServerId": server, "UserName": user, "SshPublicKeyBody": key}),
            "ImportSshPublicKey",
        )
    arn = transfer._user_arn(server, user)
    return arn, {"Arn": arn, "ServerId": server, "UserName": user}


def _delete_user(_physical_id, props):
    transfer._delete_user({"ServerId": props["ServerId"], "UserName": props["UserName"]})


# --- RDS: the master secret that RDS itself makes and owns ---------------------------------------------------------------


def with_master_secret(handler):
    create, delete = handler["create"], handler["delete"]

    def with_secret(logical_id, props, stack):
        physical_id, attributes = create(logical_id, props, stack)
        if str(props.get("ManageMasterUserPassword")).lower() != "true":
            return physical_id, attributes
        content = json.dumps({"username": props.get("MasterUsername"), "password": new_uuid()})
        arn = secretsmanager.create_secret_in_process(f"rds!{physical_id}", content)
        return physical_id, {**attributes, "MasterUserSecret.SecretArn": arn}

    def without_secret(physical_id, props):
        secretsmanager.delete_secret_in_process(f"rds!{physical_id}")
        return delete(physical_id, props)

    return {**handler, "create": with_secret, "delete": without_secret}


# --- SES: the DNS records that prove a domain ----------------------------------------------------------------------------


def with_dkim_tokens(handler):
    create = handler["create"]

    def with_tokens(logical_id, props, stack):
        physical_id, attributes = create(logical_id, props, stack)
        tokens = {}
        for number in (1, 2, 3):
            tokens[f"DkimDNSTokenName{number}"] = f"token{number}._domainkey.{props['EmailIdentity']}"
            tokens[f"DkimDNSTokenValue{number}"] = f"token{number}.dkim.amazonses.com"
        return physical_id, {**tokens, **(attributes or {})}

    return {**handler, "create": with_tokens}


# --- Firehose: the untouched records beside the converted ones, one object per call ----------------------------------------


def _with_source_backup(put):
    def backed_up(data):
        response = put(data)
        stream = firehose._streams.get(data.get("DeliveryStreamName", ""))
        records = data.get("Records") or [data.get("Record", {})]
        for destination in stream["destinations"] if stream and response[0] < 400 else []:
            _back_up(stream["name"], destination["config"], records)
        return response

    return backed_up


def _back_up(stream_name, config, records):
    backup = config.get("S3BackupConfiguration")
    if config.get("S3BackupMode") != "Enabled" or not backup:
        return
    body = b"".join(base64.b64decode(record["Data"]) for record in records)
    packed = backup.get("CompressionFormat") == "GZIP"
    prefix = firehose._evaluate_prefix(backup.get("Prefix", ""), firehose._arrival_time(backup))
    firehose._put_s3_object(
        firehose._s3_bucket_from_arn(backup["BucketARN"]),
        f"{prefix}{stream_name}-{new_uuid()}{'.gz' if packed else ''}",
        gzip.compress(body) if packed else body,
    )


PROVISIONED = {
    "AWS::WAFv2::IPSet": {"create": _create_ip_set, "delete": _delete_ip_set},
    "AWS::Transfer::Server": {"create": _create_server, "delete": _delete_server},
    "AWS::Transfer::User": {"create": _create_user, "delete": _delete_user},
}


# --- VPC endpoints: the names of an interface endpoint, with their hosted zone ---------------------------------------------


def with_dns_entries(handler):
    create = handler["create"]

    def with_entries(logical_id, props, stack):
        physical_id, attributes = create(logical_id, props, stack)
        service = props.get("ServiceName", "").rsplit(".", 1)[-1]
        name = f"{physical_id}.{service}.{get_region()}.vpce.amazonaws.com"
        return physical_id, {**(attributes or {}), "DnsEntries": [f"Z7HUB22UULQXV:{name}"]}

    return {**handler, "create": with_entries}


# --- Lambda: the dead-letter queue of asynchronous invocations, which the template's function forgets ------------------------


def with_dead_letters(handler):
    create = handler["create"]

    def with_queue(logical_id, props, stack):
        physical_id, attributes = create(logical_id, props, stack)
        if "DeadLetterConfig" in props:
            lambda_svc._functions[physical_id]["config"]["DeadLetterConfig"] = props["DeadLetterConfig"]
        return physical_id, attributes

    return {**handler, "create": with_queue}


# --- S3: names of the account's own namespace in a region ------------------------------------------------------------------


def with_regional_names(handler):
    create = handler["create"]

    def with_name(logical_id, props, stack):
        if props.get("BucketNamespace") == "account-regional":
            name = f"{props['BucketNamePrefix']}-{get_account_id()}-{get_region()}-an"
            props = {**props, "BucketName": name}
        return create(logical_id, props, stack)

    return {**handler, "create": with_name}


# Native types that lack something which AWS does.
COMPLETED = {
    "AWS::S3::Bucket": with_regional_names,
    "AWS::Lambda::Function": with_dead_letters,
    "AWS::EC2::VPCEndpoint": with_dns_entries,
    "AWS::RDS::DBInstance": with_master_secret,
    "AWS::SES::EmailIdentity": with_dkim_tokens,
}


# What Canonical publishes in every region: the image of Ubuntu that machines start from.
UBUNTU = "/aws/service/canonical/ubuntu/server/24.04/stable/current/{}/hvm/ebs-gp3/ami-id"


def install():
    for architecture in ("amd64", "arm64"):
        ssm._PUBLIC_AMI_PARAMETERS[UBUNTU.format(architecture)] = "ami-0c2023a1b2c3d4e5f"
    for action in ("PutRecord", "PutRecordBatch"):
        firehose._HANDLERS[action] = _with_source_backup(firehose._HANDLERS[action])
    waf._create_ip_set = _strict_create(waf._create_ip_set)
    waf._update_ip_set = _strict_update(waf._update_ip_set)
    recovery_points.install()
    suppression.install()
