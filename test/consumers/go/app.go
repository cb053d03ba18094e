package main

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsbackup"
	acm "github.com/aws/aws-cdk-go/awscdk/v2/awscertificatemanager"
	"github.com/aws/aws-cdk-go/awscdk/v2/awselasticloadbalancingv2"
	"github.com/aws/jsii-runtime-go"
	"github.com/cdk-charging-platform/cdk-charging-platform-go/chargingplatform"
)

func main() {
	defer jsii.Close()

	app := awscdk.NewApp(&awscdk.AppProps{AnalyticsReporting: jsii.Bool(false)})
	stack := awscdk.NewStack(app, jsii.String("ChargingPlatform"), &awscdk.StackProps{
		Env: &awscdk.Environment{Account: jsii.String("111122223333"), Region: jsii.String("eu-south-2")},
	})
	network := chargingplatform.NewChargingPlatformNetwork(stack, jsii.String("Network"), &chargingplatform.ChargingPlatformNetworkProps{
		AddressPlan:       chargingplatform.AddressPlan_FromCidr(jsii.String("10.20.0.0/16")),
		AvailabilityZones: jsii.Strings("eu-south-2a", "eu-south-2b"),
	})
	database := chargingplatform.NewResilientMysql(stack, jsii.String("Database"), &chargingplatform.ResilientMysqlProps{
		Vpc:             network.Vpc(),
		BackupRetention: awscdk.Duration_Days(jsii.Number(21)),
	})
	apiUser := database.AddUser(jsii.String("api"), chargingplatform.DatabasePrivileges_ReadWrite())
	certificate := acm.Certificate_FromCertificateArn(stack, jsii.String("Certificate"),
		jsii.String("arn:aws:acm:eu-south-2:111122223333:certificate/11111111-2222-3333-4444-555555555555"))
	fleet := chargingplatform.NewDockerizedServiceFleet(stack, jsii.String("Fleet"), &chargingplatform.DockerizedServiceFleetProps{
		Vpc:             network.Vpc(),
		Certificates:    &[]acm.ICertificate{certificate},
		MinMachines:     jsii.Number(3),
		OcppIdleTimeout: awscdk.Duration_Minutes(jsii.Number(30)),
		Services: &[]chargingplatform.DockerService{
			chargingplatform.DockerService_Api(&chargingplatform.WebServiceOptions{
				Image:       chargingplatform.DockerImage_FromRegistry(jsii.String("ghcr.io/example/api:1.4.2")),
				HostNames:   jsii.Strings("api.example.com"),
				Environment: database.ConnectionEnvironment(jsii.String("api")),
				Secrets: &map[string]chargingplatform.ServiceSecret{
					"DATABASE_CREDENTIALS": chargingplatform.ServiceSecret_FromSecretsManager(apiUser, nil),
				},
			}),
			chargingplatform.DockerService_Ocpp(&chargingplatform.OcppServiceOptions{
				Image: chargingplatform.DockerImage_FromRegistry(jsii.String("ghcr.io/example/ocpp:1.4.2")),
				Endpoints: &[]chargingplatform.OcppEndpoint{
					chargingplatform.OcppEndpoint_Tls(&chargingplatform.OcppTlsOptions{HostName: jsii.String("ocpp.example.com")}),
				},
			}),
		},
	})
	database.Connections().AllowDefaultPortFrom(fleet, nil)
	webAcl := chargingplatform.NewPlatformWebAcl(stack, jsii.String("WebAcl"), &chargingplatform.PlatformWebAclProps{
		Protects: &[]awselasticloadbalancingv2.IApplicationLoadBalancer{fleet.ApplicationLoadBalancer()},
	})
	chargingplatform.NewWafLogAnalytics(stack, jsii.String("WafLogs"), &chargingplatform.WafLogAnalyticsProps{
		WebAcl:      webAcl,
		DirectHosts: fleet.OcppHostNames(),
		Offences: &[]chargingplatform.Offence{
			chargingplatform.Offence_BlockedRequests(&chargingplatform.OffenceOptions{
				Threshold: jsii.Number(100),
				Window:    awscdk.Duration_Minutes(jsii.Number(5)),
			}),
		},
	})
	chargingplatform.NewSpanishBackupPolicy(stack, jsii.String("Backup"), &chargingplatform.SpanishBackupPolicyProps{
		Resources: &[]awsbackup.BackupResource{database.BackupResource()},
	})
	app.Synth(nil)
}
