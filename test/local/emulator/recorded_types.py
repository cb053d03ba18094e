"""CloudFormation types that the emulator only records: they get an id and attributes, and nothing behind them acts.

Each entry says why that is enough here. A type that is neither native to MiniStack, nor provisioned by `provisioners.py`,
nor listed here fails the deployment, so that a new resource in a template is a decision and not an accident.
"""

ADDRESSES = "no packets flow in the emulator; the template's validity is checked at synth"
NETWORK = "routing and filtering are not emulated; tests read them from the template"
DATABASE = "the emulator runs no MySQL; the database's settings are tested on real servers"
BACKUP = "backup jobs make no recovery points in the emulator; the calendar is simulated by tests"
FLEET = "no machines run in the emulator; what a machine does is tested on real engines"
WAF = "requests do not pass through the web ACL here; its rules are tested by evaluation"
EDGE = "CloudFront's edges are not emulated"
RECORDS = "queries and logs of this service are not emulated"

# type: (reason, id prefix, attributes that templates read)
RECORDED: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "AWS::ApiGateway::ClientCertificate": (RECORDS, "cert", ("ClientCertificateId",)),
    "AWS::Athena::NamedQuery": ("saved texts; the demo runs the same SQL through StartQueryExecution", "query", ("NamedQueryId",)),
    "AWS::Athena::PreparedStatement": ("saved texts, like the named queries", "statement", ()),
    "AWS::AutoScaling::WarmPool": (FLEET, "warm", ()),
    "AWS::Backup::BackupSelection": (BACKUP, "selection", ("SelectionId", "BackupPlanId", "Id")),
    "AWS::Backup::RestoreTestingPlan": (BACKUP, "restore", ("RestoreTestingPlanArn",)),
    "AWS::Backup::RestoreTestingSelection": (BACKUP, "restore", ()),
    "AWS::CloudFront::MonitoringSubscription": (EDGE, "monitoring", ()),
    "AWS::CloudFront::VpcOrigin": (EDGE, "vo", ("Arn", "Id")),
    "AWS::CloudWatch::CompositeAlarm": ("made of alarms that are real here", "alarm", ("Arn",)),
    "AWS::EC2::CapacityReservation": (FLEET, "cr", ("Id", "AvailabilityZone")),
    "AWS::EC2::CustomerGateway": (NETWORK, "cgw", ("CustomerGatewayId",)),
    "AWS::EC2::EIP": (ADDRESSES, "eipalloc", ("AllocationId", "PublicIp")),
    "AWS::EC2::FlowLog": (NETWORK, "fl", ("Id",)),
    "AWS::EC2::NatGateway": (ADDRESSES, "nat", ("NatGatewayId",)),
    "AWS::EC2::NetworkAcl": (NETWORK, "acl", ("Id",)),
    "AWS::EC2::NetworkAclEntry": (NETWORK, "acle", ("Id",)),
    "AWS::EC2::SecurityGroupEgress": (NETWORK, "sgr", ("Id",)),
    "AWS::EC2::SecurityGroupIngress": (NETWORK, "sgr", ("Id",)),
    "AWS::EC2::SubnetNetworkAclAssociation": (NETWORK, "aclassoc", ("AssociationId",)),
    "AWS::EC2::VPCPeeringConnection": (NETWORK, "pcx", ("Id",)),
    "AWS::EC2::VPNConnection": (NETWORK, "vpn", ("VpnConnectionId",)),
    "AWS::EC2::VPNConnectionRoute": (NETWORK, "vpnroute", ()),
    "AWS::EC2::VPNGateway": (NETWORK, "vgw", ("VPNGatewayId",)),
    "AWS::EC2::VPNGatewayRoutePropagation": (NETWORK, "vgwprop", ()),
    "AWS::ElasticLoadBalancingV2::TrustStore": (FLEET, "ts", ("TrustStoreArn", "Status", "NumberOfCaCertificates")),
    "AWS::ImageBuilder::Component": (FLEET, "component", ("Arn",)),
    "AWS::ImageBuilder::Image": (FLEET, "ami", ("Arn", "ImageId")),
    "AWS::ImageBuilder::ImageRecipe": (FLEET, "recipe", ("Arn",)),
    "AWS::ImageBuilder::InfrastructureConfiguration": (FLEET, "infrastructure", ("Arn",)),
    "AWS::Logs::Delivery": (EDGE, "delivery", ("Arn", "DeliveryId")),
    "AWS::Logs::DeliveryDestination": (EDGE, "dest", ("Arn",)),
    "AWS::Logs::DeliverySource": (EDGE, "source", ("Arn",)),
    "AWS::RDS::DBProxy": (DATABASE, "prx", ("DBProxyArn", "Endpoint", "VpcId")),
    "AWS::RDS::DBProxyTargetGroup": (DATABASE, "prx-tg", ("TargetGroupArn",)),
    "AWS::RDS::EventSubscription": (DATABASE, "events", ()),
    "AWS::RDS::OptionGroup": (DATABASE, "options", ()),
    "AWS::Route53::HealthCheck": (RECORDS, "hc", ("HealthCheckId",)),
    "AWS::Route53Resolver::ResolverEndpoint": (RECORDS, "rslvr", ("ResolverEndpointId", "Arn")),
    "AWS::Route53Resolver::ResolverQueryLoggingConfig": (RECORDS, "rqlc", ("Id", "Arn")),
    "AWS::Route53Resolver::ResolverQueryLoggingConfigAssociation": (RECORDS, "rqlca", ("Id",)),
    "AWS::Route53Resolver::ResolverRule": (RECORDS, "rule", ("ResolverRuleId", "Arn")),
    "AWS::Route53Resolver::ResolverRuleAssociation": (RECORDS, "rrassoc", ("ResolverRuleAssociationId",)),
    "AWS::SSM::Document": ("no runbook runs in the emulator; the function of its steps is tested", "document", ()),
    "AWS::WAFv2::LoggingConfiguration": (WAF, "logging", ()),
    "AWS::WAFv2::WebACLAssociation": (WAF, "assoc", ()),
}

# Forms of native types that MiniStack refuses. type: (reason, whether a resource has this form, attributes)
RECORDED_FORMS = {
    "AWS::CloudWatch::Alarm": (
        "alarms on metric math are refused by the emulator; those on a metric are real",
        lambda props: "Metrics" in props,
        ("Arn",),
    ),
}
