/**
 * What the lines of an event mostly look like, for groups too small to resemble themselves: half of
 * a lone event's room is saved by it. It belongs to the format of what was packed with it, so it
 * never changes; the most common comes last, where it is cheapest to refer to.
 */
export const usualLines = Buffer.from(
  [
    `"AccessDenied","ResourceNotFoundException","ParameterNotFound","User: arn:aws:sts::123456789012:`,
    `assumed-role/ is not authorized to perform: on resource: because no identity-based policy `,
    String.raw`allows the action","{\"policyName\":\"","{\"roleArn\":\"arn:aws:iam::123456789012:role/`,
    String.raw`\",\"roleSessionName\":\"","iam","CreateRole","sts","AssumeRoleWithWebIdentity",`,
    `"AssumeRole","kms","Encrypt","GenerateDataKey","Decrypt","eu-west-1","eu-central-1","us-west-2",`,
    String.raw`"secretsmanager","CreateSecret",0,"PutSecretValue",0,\"clientRequestToken\":\"`,
    String.raw`\"versionId\":\"\"versionStage\":\"AWSCURRENT\"}{\"version\":1,\"tier\":\"Standard\"}",`,
    String.raw`\"value\":\"HIDDEN_DUE_TO_SECURITY_REASONS\",\"type\":\"SecureString\"}",`,
    `"ssm","PutParameter",0,"GetParametersByPath",1,"GetParameters",1,"`,
    String.raw`["[\"Root\",\"arn:aws:iam::123456789012:root\",\"123456789012\",\"123456789012\",null,null]",`,
    String.raw`"root","AKIA","[\"IAMUser\",\"arn:aws:iam::123456789012:user/\",\"AIDA`,
    `aws-cli/2. md/Botocore#1. Boto3/1. ua/2.1 os/linux# md/arch#x86_64 lang/python#3. `,
    `md/pyimpl#CPython m/Z,b,D,g,N cfg/retry-mode#legacy Botocore/1.",`,
    `aws-sdk-js/3. ua/2.1 os/linux# lang/js md/nodejs#26. api/ssm#3. api/secrets-manager#3. m/N,E,e,n",`,
    String.raw`"[\"AssumedRole\",\"arn:aws:sts::123456789012:assumed-role/\",\"AROA`,
    String.raw`\",\"123456789012\",\"arn:aws:iam::123456789012:role/\",17`,
    String.raw`"ASIA","127.0.0.1","arn:aws:secretsmanager:us-east-1:123456789012:secret:","[\"arn:aws:kms:`,
    String.raw`us-east-1:123456789012:key/\"]","{\"secretId\":\"",null,null,null,"`,
    `"123456789012/us-east-1","secretsmanager","GetSecretValue",1,"`,
    `"123456789012/us-east-1","ssm","GetParameter",1,"`,
    String.raw`"arn:aws:ssm:us-east-1:123456789012:parameter/","{\"name\":\"/`,
    String.raw`\",\"withDecryption\":true}",null,null,null,"1",`,
  ].join(""),
);
