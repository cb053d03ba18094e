from aws_cdk import App, Duration, Environment, Stack
from aws_cdk import aws_certificatemanager as acm
from cdk_charging_platform import (
    AddressPlan,
    ChargingPlatformNetwork,
    DatabasePrivileges,
    DockerImage,
    DockerizedServiceFleet,
    DockerService,
    OcppEndpoint,
    Offence,
    PlatformWebAcl,
    ResilientMysql,
    ServiceSecret,
    SpanishBackupPolicy,
    WafLogAnalytics,
)

app = App(analytics_reporting=False)
stack = Stack(app, "ChargingPlatform", env=Environment(account="111122223333", region="eu-south-2"))
network = ChargingPlatformNetwork(
    stack,
    "Network",
    address_plan=AddressPlan.from_cidr("10.20.0.0/16"),
    availability_zones=["eu-south-2a", "eu-south-2b"],
)
database = ResilientMysql(stack, "Database", vpc=network.vpc, backup_retention=Duration.days(21))
api_user = database.add_user("api", DatabasePrivileges.read_write())
fleet = DockerizedServiceFleet(
    stack,
    "Fleet",
    vpc=network.vpc,
    certificates=[
        acm.Certificate.from_certificate_arn(
            stack,
            "Certificate",
            "arn:aws:acm:eu-south-2:111122223333:certificate/11111111-2222-3333-4444-555555555555",
        )
    ],
    min_machines=3,
    ocpp_idle_timeout=Duration.minutes(30),
    services=[
        DockerService.api(
            image=DockerImage.from_registry("ghcr.io/example/api:1.4.2"),
            host_names=["api.example.com"],
            environment=database.connection_environment("api"),
            secrets={"DATABASE_CREDENTIALS": ServiceSecret.from_secrets_manager(api_user)},
        ),
        DockerService.ocpp(
            image=DockerImage.from_registry("ghcr.io/example/ocpp:1.4.2"),
            endpoints=[OcppEndpoint.tls(host_name="ocpp.example.com")],
        ),
    ],
)
database.connections.allow_default_port_from(fleet)
web_acl = PlatformWebAcl(stack, "WebAcl", protects=[fleet.application_load_balancer])
WafLogAnalytics(
    stack,
    "WafLogs",
    web_acl=web_acl,
    direct_hosts=fleet.ocpp_host_names,
    offences=[Offence.blocked_requests(threshold=100, window=Duration.minutes(5))],
)
SpanishBackupPolicy(stack, "Backup", resources=[database.backup_resource])
app.synth()
